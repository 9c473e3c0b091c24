/// 32 levels of 5 bits: their highest bits in a 32-bit number, then their lower bits in pairs.
enum FifthBits {
  /// Writes levels, each at most 31, to the twenty bytes at `offset`.
  static func store(_ levels: [UInt8], into bytes: inout MutableRawSpan, at offset: Int) {
    var high: UInt32 = 0
    for i in 0..<32 { high |= UInt32(levels[i] >> 4) << UInt32(i) }
    bytes.store(doubleWord: high, at: offset)
    for i in 0..<16 {
      bytes.store(levels[i] & 15 | (levels[16 + i] & 15) << 4, at: offset + 4 + i)
    }
  }
}
