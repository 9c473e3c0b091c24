internal import CTensorKernels

/// d, then 64 times two bits, one after the other.
enum PackedQ2_0: PackedBlocks {
  static let kernel = Int(TK_Q2_0)
  static let layout = PanelLayout(
    blockSize: 64, scales: .half, bits: 2, levels: .less(1))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 18 * index
    block.scale = bytes.word(0)
    for i in 0..<16 {
      let four = UInt32(bytes.byte(2 + i))
      block.codes.storeBytes(
        of: (four | four << 6 | four << 12 | four << 18) & 0x0303_0303, toByteOffset: 4 * i,
        as: UInt32.self)
    }
  }
}
