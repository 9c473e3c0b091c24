internal import CTensorKernels

/// The byte of a power of two, then 16 bytes of nibbles.
enum PackedMXFP4: PackedBlocks {
  static let kernel = Int(TK_MXFP4)
  static let layout = PanelLayout(
    blockSize: 32, scales: .power, bits: 4, levels: .e2m1)
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 17 * index
    block.numbers[0] = bytes.byte(0)
    block.setNibbles(0, from: bytes + 1)
  }
}
