public import GGUFKit
public import QuantCore
import TensorKernels

/// What quantizing a model will do, known from its header alone: each tensor's type, and the exact
/// size of the result.
///
/// ```swift
/// let plan = try QuantizationPlan(for: GGUFFile(contentsOf: source), recipe: .q4KM)
/// print(plan.outputBytes)
/// let report = try plan.write(toPath: path) { print($0.completedBytes, "of", $0.totalBytes) }
/// ```
public struct QuantizationPlan: Sendable {
  /// A tensor and what becomes of it.
  public struct Tensor: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The dimensions, columns first.
    public let shape: [Int]
    /// How the source stores it.
    public let sourceType: TensorType
    /// How the result stores it.
    public let type: TensorType
    /// Its bytes in the result.
    public let byteCount: Int
  }

  /// The model.
  public let source: GGUFFile
  /// The metadata of the result.
  public let metadata: GGUFMetadata
  /// All tensors, in the order of the source and of the result.
  public let tensors: [Tensor]
  /// The size of the result, in bytes.
  public let outputBytes: Int
  let quantizer: (any Quantizer)?
  let types: [String: TensorType]

  /// Plans.
  ///
  /// - Parameters:
  ///   - source: The model; all parts of it, when it is split.
  ///   - recipe: Which type each tensor is stored as.
  ///   - overrides: Types to use instead.
  ///   - allowsRequantization: Whether tensors that are quantized already may be quantized again,
  ///     which makes them worse than quantizing the original does.
  ///   - quantizer: How values become blocks; by the kernels that encode, unless given.
  /// - Throws: ``ConversionError``: ``ConversionError/Code/requantization``,
  ///   ``ConversionError/Code/unsupportedType``, ``ConversionError/Code/invalidArgument``.
  public init(
    for source: GGUFFile, recipe: QuantizationRecipe, overrides: TypeOverrides = TypeOverrides(),
    allowsRequantization: Bool = false, quantizer: (any Quantizer)? = nil
  ) throws(ConversionError) {
    let types = try TypeChooser.types(of: source, recipe: recipe, overrides: overrides)
    var tensors: [Tensor] = []
    for (tensor, type) in zip(source.tensors, types) {
      if type != tensor.type {
        try Self.check(
          tensor, as: type, allowsRequantization: allowsRequantization,
          quantizer: quantizer ?? KernelQuantizer())
      }
      let byteCount: Int
      do throws(QuantError) {
        byteCount = try type.byteCount(shape: tensor.shape)
      } catch {
        throw ConversionError(error, tensor: tensor.name)
      }
      tensors.append(
        Tensor(
          name: tensor.name, shape: tensor.shape, sourceType: tensor.type, type: type,
          byteCount: byteCount))
    }
    self.source = source
    self.tensors = tensors
    self.quantizer = quantizer
    self.types = Dictionary(
      tensors.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    metadata = Self.metadata(of: source, fileType: recipe.fileType)
    do throws(GGUFError) {
      outputBytes = try GGUFWriter.fileBytes(
        metadata: metadata, tensors: tensors.map(\.declaration))
    } catch {
      throw ConversionError(error)
    }
  }

  /// The bits that one weight of the result takes, metadata aside.
  public var bitsPerWeight: Double {
    let elements = source.tensors.reduce(0) { $0 + $1.elementCount }
    let bytes = tensors.reduce(0) { $0 + $1.byteCount }
    return elements > 0 ? 8 * Double(bytes) / Double(elements) : 0
  }

  private static func check(
    _ tensor: GGUFTensor, as type: TensorType, allowsRequantization: Bool,
    quantizer: any Quantizer
  ) throws(ConversionError) {
    guard allowsRequantization || !tensor.type.isQuantized else {
      throw ConversionError(
        .requantization,
        "the tensor is \(tensor.type.name) already, and gets worse by becoming \(type.name); "
          + "use the original model, or allow it", at: .tensor(tensor.name))
    }
    guard quantizer.supports(type) else {
      throw ConversionError(
        .unsupportedType, "\(type.name) cannot be encoded; choose another recipe",
        at: .tensor(tensor.name))
    }
  }

  /// The source's metadata, without what says that it is split, and with what it has become.
  private static func metadata(of source: GGUFFile, fileType: UInt32?) -> GGUFMetadata {
    var metadata = source.metadata
    metadata[.splitNumber] = nil
    metadata[.splitCount] = nil
    metadata[.splitTensorCount] = nil
    if let fileType {
      metadata[MetadataKey<Int>.fileType.name] = .uint32(fileType)
      metadata[MetadataKey<Int>.quantizationVersion.name] = .uint32(quantizationVersion)
    }
    return metadata
  }

  /// The version of the block formats that QuantCore writes, in ggml's counting.
  private static let quantizationVersion: UInt32 = 2
}

extension QuantizationPlan.Tensor {
  var declaration: GGUFWriter.Declaration { .init(name: name, type: type, shape: shape) }
}
