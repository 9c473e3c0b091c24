internal import CTensorKernels

/// d, then 128 bits: -1 and 1.
enum PackedQ1_0: PackedBlocks {
  static let kernel = Int(TK_Q1_0)
  static let layout = PanelLayout(
    blockSize: 128, scales: .half, bits: 1, levels: .table([-1, 1]))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 18 * index
    block.scale = bytes.word(0)
    for i in 0..<16 {
      block.codes.storeBytes(
        of: RowBlock.spread(bytes.byte(2 + i)), toByteOffset: 8 * i, as: UInt64.self)
    }
  }
}
