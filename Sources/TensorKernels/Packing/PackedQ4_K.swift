internal import CTensorKernels

/// d, dmin, 12 bytes of scales and minima, and 128 bytes of nibbles: 32 bytes hold a sub-block in
/// their low halves and the next one in their high halves.
enum PackedQ4_K: PackedBlocks {
  static let kernel = Int(TK_Q4_K)
  static let layout = PanelLayout(
    blockSize: 256, scales: .sixBitsAndMinima, bits: 4, levels: .less(0))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 144 * index
    block.scale = bytes.word(0)
    block.minimum = bytes.word(2)
    block.setSixBits(from: bytes + 4)
    for i in 0..<8 {
      block.set(
        32 * i, from: bytes + 16 + 32 * (i / 2), count: 32, shift: 4 * (i % 2), mask: 15)
    }
  }
}
