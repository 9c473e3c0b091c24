internal import CTensorKernels

/// d, the upper bits of eight scales, their lower bits, and 128 bytes with the nibbles of uneven
/// levels.
enum PackedIQ4_XS: PackedBlocks {
  static let kernel = Int(TK_IQ4_XS)
  static let layout = PanelLayout(
    blockSize: 256, scales: .centredSixBits(subBlocks: 8), bits: 4, levels: .iq4)
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 136 * index
    block.scale = bytes.word(0)
    let high = bytes.word(2)
    for sub in 0..<8 {
      let low = bytes.byte(4 + sub / 2) >> UInt8(4 * (sub % 2)) & 15
      block.numbers[sub] = low | UInt8(truncatingIfNeeded: high >> UInt16(2 * sub) & 3) << 4
      block.setNibbles(32 * sub, from: bytes + 8 + 16 * sub)
    }
  }
}
