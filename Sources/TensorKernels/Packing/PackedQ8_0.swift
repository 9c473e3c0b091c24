internal import CTensorKernels

/// d, then 32 signed bytes.
enum PackedQ8_0: PackedBlocks {
  static let kernel = Int(TK_Q8_0)
  static let layout = PanelLayout(
    blockSize: 32, scales: .half, bits: 8, levels: .less(0))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 34 * index
    block.scale = bytes.word(0)
    block.set(0, from: bytes + 2, count: 32, shift: 0, mask: 0xFF)
  }
}
