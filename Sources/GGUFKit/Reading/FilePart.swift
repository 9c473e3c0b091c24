/// One open file: the whole model, or a part of a split one.
struct FilePart: Sendable {
  let contents: FileContents
  let header: FileHeader

  /// Reads a file's header.
  ///
  /// - Throws: ``GGUFError``, whose cause names the file when it is mapped.
  init(_ contents: FileContents) throws(GGUFError) {
    self.contents = contents
    do {
      header = try contents.withBytes { (bytes: RawSpan) throws(GGUFError) in
        try FileHeader(bytes)
      }
    } catch {
      var error = error
      if error.cause == nil, let path = contents.path {
        error.cause = "in \(path.singleLine)"
      }
      throw error
    }
  }

  /// Which part of how many it is, when the header says that there is more than one.
  func split() throws(GGUFError) -> (number: Int, count: Int)? {
    let count = try header.metadata.value(.splitCount, default: 0)
    guard count > 1 else { return nil }
    guard count <= GGUFLimits.splitCount else {
      throw GGUFError(
        .limitExceeded, "the file has \(count) parts, above the limit of \(GGUFLimits.splitCount)",
        at: .key(MetadataKey<Int>.splitCount.name))
    }
    let number = try header.metadata.value(.splitNumber)
    guard number >= 0, number < count else {
      throw GGUFError(
        .invalidSplit, "the file says that it is part \(number) (from 0 on) of \(count)",
        at: .key(MetadataKey<Int>.splitNumber.name))
    }
    return (number, count)
  }
}
