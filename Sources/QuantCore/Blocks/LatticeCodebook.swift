/// Points that a group of four or eight values is stored as, by their number.
struct LatticeCodebook<Point: SIMD & Sendable>: Sendable where Point.Scalar == Float {
  /// The points.
  let points: [Point]
  /// The numbers of the levels of each point's values.
  let levelNumbers: [[Int]]
  /// The levels, rising.
  let levels: [Float]

  /// Unpacks a codebook.
  ///
  /// - Parameters:
  ///   - packed: four hexadecimal digits for each point, which are a 16-bit number; its lowest
  ///     `bits` are the number of the first value's level, and so on.
  ///   - bits: how many bits one value takes.
  ///   - levels: the levels, rising.
  init(packed: StaticString, bits: Int, levels: [Float]) {
    self.levels = levels
    levelNumbers = packed.withUTF8Buffer { digits in
      (0..<digits.count / 4).map { index in
        var word = 0
        for digit in digits[4 * index..<4 * index + 4] {
          // '0' is 0x30, 'a' is 0x61.
          word = word << 4 | Int(digit & 15) + (digit > 0x40 ? 9 : 0)
        }
        return (0..<Point.scalarCount).map { word >> (bits * $0) & (1 << bits - 1) }
      }
    }
    points = levelNumbers.map { numbers in
      var point = Point()
      for i in point.indices { point[i] = levels[numbers[i]] }
      return point
    }
  }

  /// Writes `scale` times a point with signs, which start at bit `shift`.
  @inline(__always)
  func decode(
    _ index: Int, scale: Float, signs: UInt32, from shift: Int,
    into values: inout MutableSpan<Float>,
    at start: Int
  ) {
    let scaled = points[index] * scale
    for i in 0..<Point.scalarCount {
      values[unchecked: start + i] = scaled[i] * SignPatterns.sign(signs, shift + i)
    }
  }
}
