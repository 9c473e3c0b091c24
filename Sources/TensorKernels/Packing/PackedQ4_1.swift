internal import CTensorKernels

/// d, m, then 16 bytes of nibbles.
enum PackedQ4_1: PackedBlocks {
  static let kernel = Int(TK_Q4_1)
  static let layout = PanelLayout(
    blockSize: 32, scales: .halfAndMinimum, bits: 4, levels: .less(0))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 20 * index
    block.scale = bytes.word(0)
    block.minimum = bytes.word(2)
    block.setNibbles(0, from: bytes + 4)
  }
}
