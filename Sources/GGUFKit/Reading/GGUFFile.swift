#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// An open GGUF file: its metadata, and its tensors, whose data stay in the file until they are
/// asked for.
///
/// A file on disk is mapped into memory. Opening reads the header alone, so it takes the same
/// time for a model of any size. The mapping lasts as long as the file or one of its tensors;
/// until then the file on disk must not be made shorter, or the system ends the program when a
/// page that is gone is touched. Replacing the file by another does no harm.
///
/// ```swift
/// let file = try GGUFFile(contentsOf: url)
/// let layers = try file.metadata.value(.blockCount)
/// if let tensor = file.tensor(named: "token_embd.weight") {
///   print(tensor.shape, tensor.type)
/// }
/// ```
///
/// Format: ggml's `docs/gguf.md`. Versions 1 to 3 of either byte order are read, and split files
/// as one.
public struct GGUFFile: Sendable {
  /// The version of the format: 1, 2 or 3.
  public let version: UInt32

  /// The byte order of the file. Whatever it is, tensors give little-endian bytes.
  public let byteOrder: ByteOrder

  /// Tensors start at multiples of so many bytes.
  public let alignment: Int

  /// The keys and values; those of the first part, when the file is split.
  public let metadata: GGUFMetadata

  /// The tensors, in the order of the file.
  public let tensors: [GGUFTensor]

  /// The size of the file; of all parts together, when it is split.
  public let fileBytes: Int

  /// How many files it is made of.
  public let partCount: Int

  private let tensorIndices: [String: Int]

  /// Opens a file, and the other parts of a split one, from any of its parts.
  ///
  /// - Throws: ``GGUFError``.
  public init(contentsOf url: URL) throws(GGUFError) {
    guard url.isFileURL else {
      throw GGUFError(
        .cannotOpen, "only a file on this computer can be opened", at: .file(url.absoluteString))
    }
    try self.init(path: url.path)
  }

  /// Opens a file, and the other parts of a split one, from any of its parts.
  ///
  /// - Throws: ``GGUFError``.
  public init(path: String) throws(GGUFError) {
    let opened = try FilePart(.mapped(try MappedFile(path: path)))
    guard let split = try opened.split() else {
      try self.init(parts: [opened])
      return
    }
    guard let name = SplitName(path: path, number: split.number, count: split.count) else {
      throw GGUFError(
        .invalidSplit,
        "the file is part \(split.number + 1) of \(split.count) and has lost its name, which "
          + "should end like \(SplitName(prefix: "").path(number: split.number, count: split.count))",
        at: .file(path))
    }
    var parts: [FilePart] = []
    for number in 0..<split.count {
      parts.append(
        number == split.number
          ? opened : try Self.sibling(name, number: number, count: split.count))
    }
    try self.init(parts: parts)
    try checkTensorCount(of: parts)
  }

  /// Reads a file that is in memory already. It must not be split.
  ///
  /// - Throws: ``GGUFError``.
  public init(bytes: [UInt8]) throws(GGUFError) {
    let part = try FilePart(.memory(bytes))
    if let split = try part.split() {
      throw GGUFError(
        .missingPart,
        "the bytes are part \(split.number + 1) of \(split.count); open the files by path")
    }
    try self.init(parts: [part])
  }

  /// The tensor of a name.
  public func tensor(named name: String) -> GGUFTensor? {
    tensorIndices[name].map { tensors[$0] }
  }

  /// The value of a key, converted; `nil` when it is missing or of a type that does not convert.
  public subscript<T>(key: MetadataKey<T>) -> T? { metadata[key] }

  private init(parts: [FilePart]) throws(GGUFError) {
    let first = parts[0].header
    version = first.version
    byteOrder = first.byteOrder
    alignment = first.alignment
    metadata = first.metadata
    partCount = parts.count
    fileBytes = parts.reduce(0) { $0 + $1.contents.byteCount }
    var tensors: [GGUFTensor] = []
    var indices: [String: Int] = [:]
    for (index, part) in parts.enumerated() {
      for info in part.header.tensors {
        guard indices.updateValue(tensors.count, forKey: info.name) == nil else {
          throw GGUFError(
            .duplicateTensor, "the file has two tensors of one name", at: .tensor(info.name))
        }
        tensors.append(try GGUFTensor(info, in: part, index: index))
      }
    }
    self.tensors = tensors
    tensorIndices = indices
  }

  private static func sibling(
    _ name: SplitName, number: Int, count: Int
  ) throws(GGUFError) -> FilePart {
    let path = name.path(number: number, count: count)
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw GGUFError(
        .missingPart, "part \(number + 1) of \(count) is missing; put it beside the others",
        at: .file(path), cause: error.cause ?? error.message)
    }
    let part = try FilePart(.mapped(file))
    guard let split = try part.split(), split == (number, count) else {
      throw GGUFError(
        .invalidSplit, "the file does not say that it is part \(number + 1) of \(count)",
        at: .file(path))
    }
    return part
  }

  private func checkTensorCount(of parts: [FilePart]) throws(GGUFError) {
    let key = MetadataKey<Int>.splitTensorCount
    for part in parts {
      let expected = try part.header.metadata.value(key, default: tensors.count)
      guard expected == tensors.count else {
        throw GGUFError(
          .invalidSplit,
          "the parts have \(tensors.count) tensors together, not \(expected); "
            + "they are of different models",
          at: .key(key.name))
      }
    }
  }
}
