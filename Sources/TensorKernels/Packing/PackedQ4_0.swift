internal import CTensorKernels

/// d, then 16 bytes of nibbles.
enum PackedQ4_0: PackedBlocks {
  static let kernel = Int(TK_Q4_0)
  static let layout = PanelLayout(
    blockSize: 32, scales: .half, bits: 4, levels: .less(8))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 18 * index
    block.scale = bytes.word(0)
    block.setNibbles(0, from: bytes + 2)
  }
}
