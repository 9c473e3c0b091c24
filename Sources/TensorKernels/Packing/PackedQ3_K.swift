internal import CTensorKernels

/// 32 bytes with the highest bits, 64 with the lower two as in Q2_K, 12 with sixteen scales, d.
enum PackedQ3_K: PackedBlocks {
  static let kernel = Int(TK_Q3_K)
  static let layout = PanelLayout(
    blockSize: 256, scales: .centredSixBits(subBlocks: 16), bits: 3, levels: .less(4))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 110 * index
    block.scale = bytes.word(108)
    for sub in 0..<16 {
      let low = bytes.byte(96 + sub % 8) >> (sub < 8 ? 0 : 4) & 15
      let high = bytes.byte(104 + sub % 4) >> UInt8(2 * (sub / 4)) & 3
      block.numbers[sub] = low | high << 4
    }
    for i in 0..<8 {
      block.set(32 * i, from: bytes + 32 + 32 * (i / 4), count: 32, shift: 2 * (i % 4), mask: 3)
      block.merge(32 * i, from: bytes, count: 32, shift: i, mask: 1, to: 2)
    }
  }
}
