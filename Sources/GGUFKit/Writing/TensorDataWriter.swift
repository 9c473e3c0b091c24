internal import QuantCore

/// Writes the data of a plan's tensors in turn.
struct TensorDataWriter {
  private let plan: FilePlan
  private var written = 0

  init(_ plan: FilePlan) { self.plan = plan }

  /// Writes the data of the next tensor and the padding behind it.
  mutating func append(_ blocks: RawSpan, to sink: inout some ByteSink) throws(GGUFError) {
    guard written < plan.slots.count else {
      throw GGUFError(.invalidTensor, "all \(written) declared tensors are written already")
    }
    let slot = plan.slots[written]
    guard blocks.byteCount == slot.byteCount else {
      throw GGUFError(
        .invalidTensor,
        "the tensor has \(blocks.byteCount) bytes, not the \(slot.byteCount) of its shape",
        at: .tensor(slot.name))
    }
    switch plan.byteOrder {
    case .littleEndian: try sink.write(blocks)
    case .bigEndian: try writeSwapped(blocks, type: slot.type, to: &sink)
    }
    try sink.writeZeros(slot.padding)
    written += 1
  }

  /// Throws when a declared tensor is missing.
  func checkComplete() throws(GGUFError) {
    guard written == plan.slots.count else {
      throw GGUFError(
        .invalidTensor, "the tensor's data were never written",
        at: .tensor(plan.slots[written].name))
    }
  }

  /// Swaps and writes some blocks at a time.
  private func writeSwapped(
    _ blocks: RawSpan, type: TensorType, to sink: inout some ByteSink
  ) throws(GGUFError) {
    let fields = type.multibyteFields ?? []
    let chunkBytes = max(1, (1 << 20) / type.blockBytes) * type.blockBytes
    for start in stride(from: 0, to: blocks.byteCount, by: chunkBytes) {
      let end = min(start + chunkBytes, blocks.byteCount)
      var chunk = [UInt8](copying: blocks, start..<end)
      ByteSwapping.swap(&chunk, blockBytes: type.blockBytes, fields: fields)
      try sink.write(chunk.span.bytes)
    }
  }
}
