internal import CTensorKernels

/// 128 bytes of low nibbles, 64 bytes of upper bits, 16 scales and d. Each half of 128 columns has 64
/// bytes of nibbles, columns 0-63 low and 64-127 high, and 32 bytes with the upper bits of columns
/// i, i + 32, i + 64 and i + 96.
enum PackedQ6_K: PackedBlocks {
  static let kernel = Int(TK_Q6_K)
  static let layout = PanelLayout(
    blockSize: 256, scales: .bytes, bits: 6, levels: .less(32))
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 210 * index
    block.scale = bytes.word(208)
    for sub in 0..<16 { block.numbers[sub] = bytes.byte(192 + sub) }
    for i in 0..<8 {
      let (half, quarter) = (i / 4, i % 4)
      block.set(
        32 * i, from: bytes + 64 * half + 32 * (quarter % 2), count: 32,
        shift: 4 * (quarter / 2), mask: 15)
      block.merge(
        32 * i, from: bytes + 128 + 32 * half, count: 32, shift: 2 * quarter, mask: 3, to: 4)
    }
  }
}
