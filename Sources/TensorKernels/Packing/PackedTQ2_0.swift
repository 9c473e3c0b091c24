internal import CTensorKernels

/// 64 bytes of codes as in Q2_K, d.
enum PackedTQ2_0: PackedBlocks {
  static let kernel = Int(TK_TERNARY)
  static let layout = PanelLayout.ternary
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 66 * index
    block.scale = bytes.word(64)
    for i in 0..<8 {
      block.set(32 * i, from: bytes + 32 * (i / 4), count: 32, shift: 2 * (i % 4), mask: 3)
    }
  }
}
