internal import CTensorKernels

/// In the file, 64 columns: four bytes of scales, then for each 16 columns 8 bytes of nibbles.
/// Packed 32 at a time.
enum PackedNVFP4: PackedBlocks {
  static let kernel = Int(TK_NVFP4)
  static let layout = PanelLayout(
    blockSize: 32, scales: .e4m3Pair, bits: 4, levels: .e2m1)
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 36 * (index / 2)
    for sub in 0..<2 {
      let source = 2 * (index % 2) + sub
      block.numbers[sub] = bytes.byte(source)
      block.set(16 * sub, from: bytes + 4 + 8 * source, count: 8, shift: 0, mask: 15)
      block.set(16 * sub + 8, from: bytes + 4 + 8 * source, count: 8, shift: 4, mask: 15)
    }
  }
}
