internal import CTensorKernels

/// Five ternary digits to a byte; packed with two bits each, as TQ2_0.
///
/// Of the digits of byte i, those of the first 32 bytes are columns i, i + 32, ..., those of the next
/// 16 columns 160 + i, 160 + i + 16, ..., and the four of the last 4 columns 240 + i, 240 + i + 4, ...
/// A byte is a fraction of 256; times 3, the next digit comes before the point.
enum PackedTQ1_0: PackedBlocks {
  static let kernel = Int(TK_TERNARY)
  static let layout = PanelLayout.ternary
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + 54 * index
    block.scale = bytes.word(52)
    for (first, count, column, digits) in [(0, 32, 0, 5), (32, 16, 160, 5), (48, 4, 240, 4)] {
      for i in 0..<count {
        var fraction = bytes.byte(first + i)
        for digit in 0..<digits {
          let product = UInt16(fraction) * 3
          fraction = UInt8(truncatingIfNeeded: product)
          block.codes.storeBytes(
            of: UInt8(product >> 8), toByteOffset: column + count * digit + i, as: UInt8.self)
        }
      }
    }
  }
}
