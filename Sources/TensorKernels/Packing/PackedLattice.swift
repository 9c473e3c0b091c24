internal import QuantCore

/// A type whose groups of values are numbers of points: packed as numbers of levels, which are the
/// magnitudes of all points with signs, so that a kernel need not look up points. That takes 3 or 4
/// bits for each value, more than the file.
protocol PackedLattice: PackedBlocks {
  /// The format of the file.
  associatedtype Source: TensorFormat

  /// The bits of the half that scales a block.
  static func scale(of bytes: UnsafeRawPointer) -> UInt16
  /// Makes that half 1.
  static func setUnitScale(_ bytes: UnsafeMutableRawPointer)
  /// The number s of a sub-block of the layout, whose scale is 2 s + 1.
  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8
}

extension PackedLattice {
  /// The half 1.
  static var one: UInt16 { 0x3C00 }

  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock) {
    let bytes = row + index * Source.blockBytes
    block.scale = scale(of: bytes)
    let layout = layout
    let size = layout.subBlockSize
    // Decoded with a scale of 1, a value is exactly its level times a small number.
    withUnsafeTemporaryAllocation(byteCount: Source.blockBytes, alignment: 8) { copy in
      guard let base = copy.baseAddress else { return }
      base.copyMemory(from: bytes, byteCount: Source.blockBytes)
      setUnitScale(base)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { values in
        var span = values.mutableSpan
        block.kernels.decode(copy.bytes, as: Source.type, into: &span)
        for sub in 0..<256 / size {
          let scale = 2 * number(sub, of: bytes) + 1
          block.numbers[sub] = scale + 32
          let inverse = 1 / (Float(scale) * layout.factor)
          layout.storeCodes(
            of: UnsafeBufferPointer(
              rebasing: UnsafeBufferPointer(values)[size * sub..<size * (sub + 1)]),
            inverse: inverse, into: block.codes + size * sub)
        }
      }
    }
  }
}
