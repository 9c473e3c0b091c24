public import QuantCore

/// Writes a file whose tensors are made one after the other, so that the whole model is never in
/// memory: first the header with all names, types and shapes, then the data of each tensor.
///
/// ```swift
/// var writer = try GGUFWriter(path: path, metadata: metadata, tensors: declarations)
/// for tensor in tensors {
///   try writer.append(makeBlocks(tensor).span.bytes)
/// }
/// try writer.finish()
/// ```
///
/// The file appears under its name when ``finish()`` has returned; without that call, nothing
/// is left behind.
public struct GGUFWriter: ~Copyable {
  /// What the header says of a tensor that is still to come.
  public struct Declaration: Sendable, Equatable {
    /// The name.
    public var name: String
    /// How the values are stored.
    public var type: TensorType
    /// The dimensions, columns first.
    public var shape: [Int]

    /// A tensor still to come.
    public init(name: String, type: TensorType, shape: [Int]) {
      self.name = name
      self.type = type
      self.shape = shape
    }
  }

  /// How a file is written.
  public struct Options: Sendable, Equatable {
    /// The version of the format: 1, 2 or 3.
    public var version: UInt32
    /// The byte order.
    public var byteOrder: ByteOrder
    /// Tensors start at multiples of so many bytes, a power of two; `nil` for what the metadata
    /// say, or 32.
    public var alignment: Int?

    /// Options; version 3, little-endian, by default.
    public init(version: UInt32 = 3, byteOrder: ByteOrder = .littleEndian, alignment: Int? = nil) {
      self.version = version
      self.byteOrder = byteOrder
      self.alignment = alignment
    }
  }

  private let file: AtomicFile
  private var body: TensorDataWriter

  /// Creates the file and writes its header.
  ///
  /// - Throws: ``GGUFError`` when the options or the declarations cannot be, or the file cannot
  ///   be written.
  public init(
    path: String, metadata: GGUFMetadata, tensors: [Declaration], options: Options = Options()
  ) throws(GGUFError) {
    let plan = try FilePlan(metadata: metadata, tensors: tensors, options: options)
    let file = try AtomicFile(path: path)
    try file.write(plan.header.span.bytes)
    self.file = file
    body = TensorDataWriter(plan)
  }

  /// Writes the data of the next tensor.
  ///
  /// - Parameter blocks: all its blocks, little-endian whatever the file is.
  /// - Throws: ``GGUFError/Code/invalidTensor`` when they are not of the declared
  ///   size or all tensors are written, ``GGUFError/Code/cannotWrite``.
  public mutating func append(_ blocks: RawSpan) throws(GGUFError) {
    var sink = file
    try body.append(blocks, to: &sink)
  }

  /// Completes the file and gives it its name.
  ///
  /// - Throws: ``GGUFError/Code/invalidTensor`` when a tensor is missing,
  ///   ``GGUFError/Code/cannotWrite``.
  public consuming func finish() throws(GGUFError) {
    try body.checkComplete()
    try file.commit()
  }
}
