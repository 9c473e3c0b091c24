internal import CTensorKernels

/// d, 32 bits, then 16 bytes of nibbles.
enum PackedQ5_0: PackedBlocks {
  static let kernel = Int(TK_Q5_0)
  static let layout = PanelLayout(
    blockSize: 32, scales: .half, bits: 5, levels: .less(16))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 22 * index
    block.scale = bytes.word(0)
    block.setNibbles(0, from: bytes + 6)
    block.mergeFifthBits(from: bytes + 2)
  }
}
