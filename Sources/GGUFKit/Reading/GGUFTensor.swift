public import QuantCore

/// A tensor in an open file. It keeps the file open.
public struct GGUFTensor: TensorSource {
  /// The name, such as `blk.0.attn_q.weight`.
  public let name: String
  /// How the values are stored.
  public let type: TensorType
  /// The dimensions, columns first.
  public let shape: [Int]
  /// Where the data start, in bytes from the start of the file (of its part, when it is split).
  public let offset: Int
  /// The part of a split file that holds the tensor, from 0 on.
  public let fileIndex: Int
  /// The number of bytes.
  public let byteCount: Int

  private let contents: FileContents
  /// The fields to swap, in a big-endian file; empty in others.
  private let swappedFields: [BlockField]

  init(_ info: FileHeader.TensorInfo, in part: FilePart, index: Int) throws(GGUFError) {
    name = info.name
    type = info.type
    shape = info.shape
    offset = info.offset
    byteCount = info.byteCount
    fileIndex = index
    contents = part.contents
    swappedFields = part.header.byteOrder == .bigEndian ? info.type.multibyteFields : []
  }

  /// Calls `body` with all bytes, little-endian, row by row.
  ///
  /// They are the mapped file's own: reading them reads from disk what is not in memory. Only
  /// the bytes of a big-endian file are copied, at every call.
  public func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try contents.withBytes { (file: RawSpan) throws -> R in
      let data = file.extracting(offset..<offset + byteCount)
      if swappedFields.isEmpty {
        return try body(data)
      }
      var copy = [UInt8](copying: data, 0..<byteCount)
      ByteSwapping.swap(&copy, blockBytes: type.blockBytes, fields: swappedFields)
      return try body(copy.span.bytes)
    }
  }

  /// Whether the file is mapped and its bytes are used as they are.
  public var isMapped: Bool { contents.path != nil && swappedFields.isEmpty }

  /// Lets the system take back the memory of the pages that lie within some of the tensor's bytes,
  /// where the file is mapped. They are read from disk again when they are next needed.
  public func discardPages(in bytes: Range<Int>) {
    let bytes = bytes.clamped(to: 0..<byteCount)
    contents.discardPages(in: offset + bytes.lowerBound..<offset + bytes.upperBound)
  }
}
