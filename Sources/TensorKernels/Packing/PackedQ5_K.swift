internal import CTensorKernels

/// As Q4_K, with 32 bytes of highest bits, one bit for each sub-block, before the nibbles.
enum PackedQ5_K: PackedBlocks {
  static let kernel = Int(TK_Q5_K)
  static let layout = PanelLayout(
    blockSize: 256, scales: .sixBitsAndMinima, bits: 5, levels: .less(0))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 176 * index
    block.scale = bytes.word(0)
    block.minimum = bytes.word(2)
    block.setSixBits(from: bytes + 4)
    for i in 0..<8 {
      block.set(
        32 * i, from: bytes + 48 + 32 * (i / 2), count: 32, shift: 4 * (i % 2), mask: 15)
      block.merge(32 * i, from: bytes + 16, count: 32, shift: i, mask: 1, to: 4)
    }
  }
}
