internal import QuantCore

/// Writes the data of a plan's tensors in turn.
struct TensorDataWriter {
  private let plan: FilePlan
  private var written = 0
  /// The bytes of the current tensor that are written.
  private var partBytes = 0

  init(_ plan: FilePlan) { self.plan = plan }

  /// Writes the data of the next tensor and the padding behind it.
  mutating func append(_ blocks: RawSpan, to sink: inout some ByteSink) throws(GGUFError) {
    let slot = try currentSlot()
    guard partBytes == 0, blocks.byteCount == slot.byteCount else {
      throw GGUFError(
        .invalidTensor,
        "the tensor has \(partBytes + blocks.byteCount) bytes, not the \(slot.byteCount) of its "
          + "shape", at: .tensor(slot.name))
    }
    try append(part: blocks, to: &sink)
  }

  /// Writes some more blocks of the current tensor, and the padding behind its last.
  mutating func append(part blocks: RawSpan, to sink: inout some ByteSink) throws(GGUFError) {
    let slot = try currentSlot()
    guard blocks.byteCount <= slot.byteCount - partBytes,
      blocks.byteCount % slot.type.blockBytes == 0
    else {
      throw GGUFError(
        .invalidTensor,
        "\(blocks.byteCount) bytes more are too many for the tensor, or no whole blocks",
        at: .tensor(slot.name))
    }
    switch plan.byteOrder {
    case .littleEndian: try sink.write(blocks)
    case .bigEndian: try writeSwapped(blocks, type: slot.type, to: &sink)
    }
    partBytes += blocks.byteCount
    if partBytes == slot.byteCount {
      try sink.writeZeros(slot.padding)
      written += 1
      partBytes = 0
    }
  }

  private func currentSlot() throws(GGUFError) -> FilePlan.Slot {
    guard written < plan.slots.count else {
      throw GGUFError(.invalidTensor, "all \(written) declared tensors are written already")
    }
    return plan.slots[written]
  }

  /// Throws when a declared tensor is missing.
  func checkComplete() throws(GGUFError) {
    guard written == plan.slots.count else {
      throw GGUFError(
        .invalidTensor, "the tensor's data were never written to their end",
        at: .tensor(plan.slots[written].name))
    }
  }

  /// Swaps and writes some blocks at a time.
  private func writeSwapped(
    _ blocks: RawSpan, type: TensorType, to sink: inout some ByteSink
  ) throws(GGUFError) {
    let fields = type.multibyteFields
    let chunkBytes = max(1, (1 << 20) / type.blockBytes) * type.blockBytes
    for start in stride(from: 0, to: blocks.byteCount, by: chunkBytes) {
      let end = min(start + chunkBytes, blocks.byteCount)
      var chunk = [UInt8](copying: blocks, start..<end)
      ByteSwapping.swap(&chunk, blockBytes: type.blockBytes, fields: fields)
      try sink.write(chunk.span.bytes)
    }
  }
}
