public import QuantCore
import TensorKernels

/// Quantizes while a model loads, with nothing written:
///
/// ```swift
/// let file = try GGUFFile(contentsOf: url)
/// let plan = try QuantizationPlan(for: file, recipe: .q4KM)
/// let model = try LanguageModel(file, transform: plan)
/// ```
extension QuantizationPlan: TensorTransform {
  /// The tensor as the plan stores it, encoded on all processors and kept in memory; the tensor
  /// itself where its type stays, or where the plan does not know it.
  ///
  /// The blocks are those that ``write(to:threads:progress:isCancelled:)`` writes.
  ///
  /// - Throws: ``QuantCore/QuantError/Code/notFinite`` at a weight that is no number.
  public func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource {
    guard let type = types[tensor.name], type != tensor.type else { return tensor }
    let codec: ParallelCodec
    do throws(BackendError) {
      codec = try ParallelCodec()
    } catch {
      throw QuantError(.unsupportedType, error.message, at: .tensor(tensor.name))
    }
    let encoder = TensorEncoder(tensor, as: type, quantizer: quantizer, codec: codec)
    var blocks: [UInt8] = []
    blocks.reserveCapacity(try type.byteCount(shape: tensor.shape))
    for batch in encoder.batches { blocks += try encoder.encode(batch).blocks }
    return try InMemoryTensor(name: tensor.name, type: type, shape: tensor.shape, bytes: blocks)
  }
}
