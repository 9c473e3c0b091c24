/// Eight scales and eight minimums of 6 bits each, in twelve bytes.
///
/// ```
/// byte   0 ... 3    4 ... 7    8 ... 11
///        s0 ... s3  m0 ... m3  the low 4 bits of s4 ... s7 (bits 3..0) and m4 ... m7 (7..4)
///        bits 7..6 of bytes 0-3 are bits 5..4 of s4 ... s7, those of bytes 4-7 of m4 ... m7
/// ```
///
/// The formats `Q4_K` and `Q5_K` store them so.
enum SixBitScales {
  /// The largest scale or minimum.
  static var highest: Int32 { 63 }

  /// The scale and minimum of sub-block `index`, 0 to 7, from the twelve bytes at `offset`.
  @inline(__always)
  static func load(_ bytes: RawSpan, at offset: Int, index: Int) -> (scale: UInt8, minimum: UInt8) {
    if index < 4 {
      return (bytes.byte(offset + index) & 63, bytes.byte(offset + 4 + index) & 63)
    }
    let low = bytes.byte(offset + 4 + index)
    let scale = (low & 15) | (bytes.byte(offset + index - 4) >> 6) << 4
    let minimum = (low >> 4) | (bytes.byte(offset + index) >> 6) << 4
    return (scale, minimum)
  }

  /// Writes all sixteen numbers, each at most 63, to the twelve bytes at `offset`.
  static func store(
    scales: [UInt8], minimums: [UInt8], into bytes: inout MutableRawSpan, at offset: Int
  ) {
    for i in 0..<4 {
      bytes.store(scales[i] | (scales[i + 4] >> 4) << 6, at: offset + i)
      bytes.store(minimums[i] | (minimums[i + 4] >> 4) << 6, at: offset + 4 + i)
      bytes.store((scales[i + 4] & 15) | (minimums[i + 4] & 15) << 4, at: offset + 8 + i)
    }
  }
}
