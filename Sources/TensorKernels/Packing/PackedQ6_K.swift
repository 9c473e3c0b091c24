/// Blocks of 256 6-bit codes in sixteen sub-blocks, each with an 8-bit scale.
///
/// In GGUF a block is 128 bytes of low nibbles, 64 bytes of upper bits, 16 scales and d. Each half
/// of 128 elements has 64 bytes of nibbles, elements 0-63 low and 64-127 high, and 32 bytes with
/// the upper bits of elements i, i + 32, i + 64 and i + 96.
enum PackedQ6_K: PackedFormat {
  static let family = KernelSet.WeightFamily.q6K
  static let activations = ActivationForm.codes(block: 256)
  static let blockSize = 256
  static let blockBytes = 210

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    for block in 0..<blocks {
      let target = panel + block * blockBytes * panelRows
      for row in 0..<count {
        let source = rows + row * rowBytes + block * blockBytes
        target.copy16(from: source + 208, to: 2 * row)
        for sub in 0..<16 {
          target.storeBytes(
            of: source.load(fromByteOffset: 192 + sub, as: UInt8.self),
            toByteOffset: 32 + sub * panelRows + row, as: UInt8.self)
        }
        for unit in 0..<8 {
          packUnit(
            nibbles: source + unit / 4 * 64 + unit % 2 * 32, shift: UInt32(unit % 4 / 2 * 4),
            upperBits: source + 128 + unit / 4 * 32, shift: UInt32(unit % 4 * 2),
            to: target + 288 + 384 * unit + 4 * row)
        }
      }
    }
  }

  /// Packs 32 elements of a row.
  @inline(__always)
  private static func packUnit(
    nibbles: UnsafeRawPointer, shift nibbleShift: UInt32, upperBits: UnsafeRawPointer,
    shift upperShift: UInt32, to target: UnsafeMutableRawPointer
  ) {
    for group in 0..<4 {
      let low = nibbles.loadUnaligned(fromByteOffset: 4 * group, as: UInt32.self) >> nibbleShift
      let high =
        nibbles.loadUnaligned(fromByteOffset: 16 + 4 * group, as: UInt32.self) >> nibbleShift
      target.storeBytes(
        of: low & 0x0F0F_0F0F | (high & 0x0F0F_0F0F) << 4, toByteOffset: 64 * group,
        as: UInt32.self)
    }
    for half in 0..<2 {
      var word: UInt32 = 0
      for group in 0..<4 {
        let bits = upperBits.loadUnaligned(fromByteOffset: 16 * half + 4 * group, as: UInt32.self)
        word |= (bits >> upperShift & 0x0303_0303) << UInt32(2 * group)
      }
      target.storeBytes(of: word, toByteOffset: 256 + 64 * half, as: UInt32.self)
    }
  }

  static func unpack(
    row: Int, of panel: UnsafeRawPointer, blocks: Int, into values: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<blocks {
      let source = panel + block * blockBytes * panelRows
      let d = ScalarKernels.half(source, 0, row)
      for sub in 0..<16 {
        let unit = source + 288 + 384 * (sub / 2)
        let scale =
          d * Float(source.load(fromByteOffset: 32 + sub * panelRows + row, as: Int8.self))
        for i in sub % 2 * 16..<sub % 2 * 16 + 16 {
          let upper = unit.load(
            fromByteOffset: 256 + (i / 16 * panelRows + row) * 4 + i % 4, as: UInt8.self)
          let bits = upper >> UInt8(i % 16 / 4 * 2) & 3
          let code = Int(nibble(unit, row: row, i) | bits << 4) - 32
          values[256 * block + sub / 2 * 32 + i] = scale * Float(code)
        }
      }
    }
  }
}
