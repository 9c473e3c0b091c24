internal import CTensorKernels

/// Sixteen bytes of scales and minima, 64 bytes of codes, d, dmin. 32 bytes hold the codes of 128
/// columns: 32 columns in the lowest two bits, and so on.
enum PackedQ2_K: PackedBlocks {
  static let kernel = Int(TK_Q2_K)
  static let layout = PanelLayout(
    blockSize: 256, scales: .nibblesAndMinima, bits: 2, levels: .less(0))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 84 * index
    block.scale = bytes.word(80)
    block.minimum = bytes.word(82)
    for sub in 0..<16 {
      block.numbers[sub] = bytes.byte(sub) & 15
      block.minima[sub] = bytes.byte(sub) >> 4
    }
    for i in 0..<8 {
      block.set(32 * i, from: bytes + 16 + 32 * (i / 4), count: 32, shift: 2 * (i % 4), mask: 3)
    }
  }
}
