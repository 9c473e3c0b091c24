internal import CTensorKernels

/// d, m, 32 bits, then 16 bytes of nibbles.
enum PackedQ5_1: PackedBlocks {
  static let kernel = Int(TK_Q5_1)
  static let layout = PanelLayout(
    blockSize: 32, scales: .halfAndMinimum, bits: 5, levels: .less(0))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 24 * index
    block.scale = bytes.word(0)
    block.minimum = bytes.word(2)
    block.setNibbles(0, from: bytes + 8)
    block.mergeFifthBits(from: bytes + 4)
  }
}
