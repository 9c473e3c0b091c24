public import QuantCore

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Metadata and tensors that become a GGUF file.
///
/// ```swift
/// var builder = GGUFBuilder()
/// builder.metadata[.architecture] = "llama"
/// builder.metadata[.blockCount] = 2
/// builder.tensors.append(try InMemoryTensor(name: "output.weight", shape: [64, 8], values: v))
/// try builder.write(to: url)
/// ```
public struct GGUFBuilder: Sendable {
  /// The keys and values.
  public var metadata: GGUFMetadata
  /// The tensors, in the order of the file.
  public var tensors: [any TensorSource]
  /// The version, the byte order and the alignment.
  public var options: GGUFWriter.Options

  /// A file to be.
  public init(
    metadata: GGUFMetadata = [:], tensors: [any TensorSource] = [],
    options: GGUFWriter.Options = .init()
  ) {
    self.metadata = metadata
    self.tensors = tensors
    self.options = options
  }

  /// The whole file, in memory.
  ///
  /// - Throws: ``GGUFError`` when the options or tensors cannot be.
  public func serialized() throws(GGUFError) -> [UInt8] {
    let plan = try FilePlan(metadata: metadata, tensors: declarations, options: options)
    var sink = MemorySink()
    try sink.write(plan.header.span.bytes)
    var body = TensorDataWriter(plan)
    for tensor in tensors {
      try tensor.withTypedBytes { (bytes: RawSpan) throws(GGUFError) in
        try body.append(bytes, to: &sink)
      }
    }
    return sink.bytes
  }

  /// Writes the file. It appears under its name when it is complete.
  ///
  /// - Throws: ``GGUFError`` when the options or tensors cannot be, or the file cannot be
  ///   written.
  public func write(to url: URL) throws(GGUFError) {
    guard url.isFileURL else {
      throw GGUFError(
        .cannotWrite, "only a file on this computer can be written", at: .file(url.absoluteString))
    }
    try write(toPath: url.path)
  }

  /// Writes the file. It appears under its name when it is complete.
  ///
  /// - Throws: ``GGUFError`` when the options or tensors cannot be, or the file cannot be
  ///   written.
  public func write(toPath path: String) throws(GGUFError) {
    var writer = try GGUFWriter(
      path: path, metadata: metadata, tensors: declarations, options: options)
    for tensor in tensors {
      try tensor.withTypedBytes { (bytes: RawSpan) throws(GGUFError) in
        try writer.append(bytes)
      }
      tensor.discardPages()
    }
    try writer.finish()
  }

  private var declarations: [GGUFWriter.Declaration] {
    tensors.map { .init(name: $0.name, type: $0.type, shape: $0.shape) }
  }
}

extension TensorSource {
  /// ``withBytes(_:)`` with a body of one kind of error.
  fileprivate func withTypedBytes(
    _ body: (RawSpan) throws(GGUFError) -> Void
  ) throws(GGUFError) {
    let result: Result<Void, GGUFError> = withBytes { bytes in
      do throws(GGUFError) {
        return .success(try body(bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}
