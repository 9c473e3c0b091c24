/// The signs of eight values, bit `i` set where value `i` is negative.
enum SignPatterns {
  /// All eight signs from the seven that are stored: an even number of values is negative.
  @inline(__always)
  static func complete(_ stored: UInt32) -> UInt32 {
    let low = stored & 127
    return low | UInt32(low.nonzeroBitCount & 1) << 7
  }

  /// 1 or -1 for value `i`.
  @inline(__always)
  static func sign(_ pattern: UInt32, _ i: Int) -> Float {
    pattern >> UInt32(i) & 1 == 0 ? 1 : -1
  }

  /// Whether an odd number of values is negative, so that one sign must be stored wrong.
  @inline(__always)
  static func isOdd(_ pattern: UInt32) -> Bool { pattern.nonzeroBitCount & 1 == 1 }
}
