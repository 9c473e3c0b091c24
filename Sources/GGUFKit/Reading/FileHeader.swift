internal import QuantCore

/// What one file's header says: everything before the tensors' data.
struct FileHeader {
  /// What the header says of one tensor.
  struct TensorInfo {
    var name: String
    var type: TensorType
    var shape: [Int]
    /// Where the data start, from the start of the file.
    var offset: Int
    /// The bytes of the data.
    var byteCount: Int
  }

  private(set) var version: UInt32 = 0
  private(set) var byteOrder = ByteOrder.littleEndian
  private(set) var metadata = GGUFMetadata()
  private(set) var alignment = 32
  private(set) var tensors: [TensorInfo] = []
  /// Where the header ends and padding starts.
  private(set) var headerBytes = 0

  /// Reads a header, and no byte behind it.
  init(_ bytes: RawSpan) throws(GGUFError) {
    var cursor = HeaderCursor()
    try readVersion(bytes, &cursor)
    let (tensorCount, metadataCount) = try readCounts(bytes, &cursor)
    for _ in 0..<metadataCount {
      try readEntry(bytes, &cursor)
    }
    try readAlignment()
    tensors.reserveCapacity(tensorCount)
    for _ in 0..<tensorCount {
      tensors.append(try readTensor(bytes, &cursor))
    }
    headerBytes = cursor.offset
    try placeTensors(fileBytes: bytes.byteCount)
  }

  /// The magic number and the version, which also tells the byte order.
  private mutating func readVersion(
    _ bytes: RawSpan, _ cursor: inout HeaderCursor
  ) throws(GGUFError) {
    let magic: UInt32 = try cursor.integer(bytes, for: "the magic number")
    guard magic == 0x4655_4747 else {
      throw GGUFError(
        .notGGUF, "this is no GGUF file: it does not start with \"GGUF\"", at: .byteOffset(0))
    }
    let raw: UInt32 = try cursor.integer(bytes, for: "the version")
    if (1...3).contains(raw) {
      version = raw
    } else if (1...3).contains(raw.byteSwapped) {
      version = raw.byteSwapped
      byteOrder = .bigEndian
    } else {
      throw GGUFError(
        .unsupportedVersion, "GGUF version \(raw) is not supported; versions 1 to 3 are",
        at: .byteOffset(4))
    }
    cursor.byteOrder = byteOrder
    cursor.hasNarrowCounts = version == 1
  }

  private func readCounts(
    _ bytes: RawSpan, _ cursor: inout HeaderCursor
  ) throws(GGUFError) -> (tensors: Int, metadata: Int) {
    // A tensor has at least an empty name, a number of dimensions, a type and an offset.
    let tensors = try cursor.count(
      bytes, limit: GGUFLimits.tensorCount, itemBytes: cursor.countBytes + 16,
      for: "the number of tensors")
    let metadata = try cursor.count(
      bytes, limit: GGUFLimits.metadataCount, itemBytes: cursor.countBytes + 5,
      for: "the number of metadata entries")
    return (tensors, metadata)
  }

  private mutating func readEntry(
    _ bytes: RawSpan, _ cursor: inout HeaderCursor
  ) throws(GGUFError) {
    let key = try cursor.text(bytes, limit: GGUFLimits.keyLength, for: "a metadata key")
    guard metadata[key] == nil else {
      throw GGUFError(.duplicateKey, "the file has two metadata entries of one key", at: .key(key))
    }
    let type = try cursor.valueType(bytes)
    metadata[key] = try cursor.value(bytes, type: type)
  }

  private mutating func readAlignment() throws(GGUFError) {
    let key = MetadataKey<Int>.alignment
    guard metadata[key.name] != nil else { return }
    alignment = try metadata.value(key)
    guard FileLayout.isValid(alignment: alignment) else {
      throw FileLayout.invalidAlignment(alignment)
    }
  }

  /// One tensor; its offset still counts from the start of the data.
  private func readTensor(
    _ bytes: RawSpan, _ cursor: inout HeaderCursor
  ) throws(GGUFError) -> TensorInfo {
    let name = try cursor.text(
      bytes, limit: GGUFLimits.tensorNameLength, for: "the name of a tensor")
    let dimensions: UInt32 = try cursor.integer(bytes, for: "the dimensions of a tensor")
    guard dimensions >= 1, dimensions <= GGUFLimits.dimensionCount else {
      throw GGUFError(
        .invalidTensor, "the tensor has \(dimensions) dimensions, not 1 to 4", at: .tensor(name))
    }
    var shape: [Int] = []
    for _ in 0..<dimensions {
      let raw: UInt64 =
        cursor.hasNarrowCounts
        ? UInt64(try cursor.integer(bytes, as: UInt32.self, for: "the shape of a tensor"))
        : try cursor.integer(bytes, as: UInt64.self, for: "the shape of a tensor")
      guard let dimension = Int(exactly: raw) else {
        throw GGUFError(
          .invalidTensor, "the tensor has the dimension \(raw)", at: .tensor(name))
      }
      shape.append(dimension)
    }
    let typeID: UInt32 = try cursor.integer(bytes, for: "the type of a tensor")
    let rawOffset: UInt64 = try cursor.integer(bytes, for: "the offset of a tensor")
    guard let offset = Int(exactly: rawOffset), offset % alignment == 0 else {
      throw GGUFError(
        .invalidTensor,
        "the tensor's offset \(rawOffset) is no multiple of the alignment, \(alignment)",
        at: .tensor(name))
    }
    do {
      let type = try TensorType(ggufID: typeID)
      let byteCount = try type.byteCount(shape: shape)
      return TensorInfo(
        name: name, type: type, shape: shape, offset: offset, byteCount: byteCount)
    } catch {
      throw GGUFError(error, tensor: name)
    }
  }

  /// Makes the tensors' offsets count from the start of the file and checks that it holds them.
  private mutating func placeTensors(fileBytes: Int) throws(GGUFError) {
    // Neither sum can overflow: the header is in memory, and the alignment has a limit.
    let start = FileLayout.aligned(headerBytes, to: alignment)
    for i in tensors.indices {
      let tensor = tensors[i]
      let (offset, overflow) = tensor.offset.addingReportingOverflow(start)
      guard !overflow, offset <= fileBytes, tensor.byteCount <= fileBytes - offset else {
        throw GGUFError(
          .truncated,
          "the file has \(fileBytes) bytes and ends before the tensor's data, "
            + "\(tensor.byteCount) bytes from \(start) + \(tensor.offset); "
            + "download or copy it again",
          at: .tensor(tensor.name))
      }
      tensors[i].offset = offset
    }
  }
}
