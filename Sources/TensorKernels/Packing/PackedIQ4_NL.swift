internal import CTensorKernels

/// d, then 16 bytes with the nibbles of uneven levels.
enum PackedIQ4_NL: PackedBlocks {
  static let kernel = Int(TK_IQ4_NL)
  static let layout = PanelLayout(
    blockSize: 32, scales: .half, bits: 4, levels: .iq4)
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 18 * index
    block.scale = bytes.word(0)
    block.setNibbles(0, from: bytes + 2)
  }
}
