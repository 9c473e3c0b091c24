internal import CTensorKernels

/// d, a sum that only ggml's products use, then 32 signed bytes; packed as Q8_0.
enum PackedQ8_1: PackedBlocks {
  static let kernel = PackedQ8_0.kernel
  static let layout = PackedQ8_0.layout
  static let scalar = PackedQ8_0.scalar

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 36 * index
    block.scale = bytes.word(0)
    block.set(0, from: bytes + 4, count: 32, shift: 0, mask: 0xFF)
  }
}
