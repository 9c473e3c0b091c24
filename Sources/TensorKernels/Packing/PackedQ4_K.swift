/// Blocks of 256 nibbles in eight sub-blocks, each with a 6-bit scale and a 6-bit minimum.
///
/// In GGUF a block is d, dmin, 12 bytes of scales and minima, and 128 bytes of nibbles: 32 bytes
/// hold a sub-block in their low halves and the next one in their high halves.
enum PackedQ4_K: PackedFormat {
  static let family = KernelSet.WeightFamily.q4K
  static let activations = ActivationForm.codes(block: 256)
  static let blockSize = 256
  static let blockBytes = 144

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    for block in 0..<blocks {
      let target = panel + block * blockBytes * panelRows
      for row in 0..<count {
        let source = rows + row * rowBytes + block * blockBytes
        target.copy16(from: source, to: 2 * row)
        target.copy16(from: source + 2, to: 32 + 2 * row)

        let a = source.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        let b = source.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        let c = source.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        packSixBits(
          a & 0x3F3F_3F3F, c & 0x0F0F_0F0F | a >> 2 & 0x3030_3030, row: row, to: target + 64)
        packSixBits(
          b & 0x3F3F_3F3F, c >> 4 & 0x0F0F_0F0F | b >> 2 & 0x3030_3030, row: row,
          to: target + 160)

        for pair in 0..<4 {
          let bytes = source + 16 + 32 * pair
          let low = target + 256 + 512 * pair + 4 * row
          for group in 0..<4 {
            let first = bytes.loadUnaligned(fromByteOffset: 4 * group, as: UInt32.self)
            let second = bytes.loadUnaligned(fromByteOffset: 16 + 4 * group, as: UInt32.self)
            low.storeBytes(
              of: first & 0x0F0F_0F0F | (second & 0x0F0F_0F0F) << 4, toByteOffset: 64 * group,
              as: UInt32.self)
            low.storeBytes(
              of: first >> 4 & 0x0F0F_0F0F | second & 0xF0F0_F0F0, toByteOffset: 256 + 64 * group,
              as: UInt32.self)
          }
        }
      }
    }
  }

  /// Stores eight 6-bit numbers of a row, the first four and the last four one to a byte.
  @inline(__always)
  private static func packSixBits(
    _ first: UInt32, _ last: UInt32, row: Int, to bytes: UnsafeMutableRawPointer
  ) {
    let low = first & 0x0F0F_0F0F | (last & 0x0F0F_0F0F) << 4
    for i in 0..<4 {
      bytes.storeBytes(
        of: UInt8(truncatingIfNeeded: low >> UInt32(8 * i)), toByteOffset: i * panelRows + row,
        as: UInt8.self)
    }
    bytes.storeBytes(of: gather(first), toByteOffset: 64 + row, as: UInt8.self)
    bytes.storeBytes(of: gather(last), toByteOffset: 80 + row, as: UInt8.self)
  }

  /// The upper two bits of four 6-bit numbers, the first lowest.
  @inline(__always)
  private static func gather(_ numbers: UInt32) -> UInt8 {
    let bits = numbers >> 4 & 0x0303_0303
    return UInt8(truncatingIfNeeded: bits | bits >> 6 | bits >> 12 | bits >> 18)
  }

  static func unpack(
    row: Int, of panel: UnsafeRawPointer, blocks: Int, into values: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<blocks {
      let source = panel + block * blockBytes * panelRows
      for sub in 0..<8 {
        let scale =
          ScalarKernels.half(source, 0, row)
          * Float(ScalarKernels.sixBits(source + 64, sub, row))
        let minimum =
          ScalarKernels.half(source, 32, row)
          * Float(ScalarKernels.sixBits(source + 160, sub, row))
        for i in 0..<32 {
          let code = nibble(source + 256 + 256 * sub, row: row, i)
          values[256 * block + 32 * sub + i] = scale * Float(code) - minimum
        }
      }
    }
  }
}
