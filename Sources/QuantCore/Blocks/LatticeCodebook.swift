/// Points that a group of four or eight values is stored as, by their number.
struct LatticeCodebook<Point: SIMD & Sendable>: Sendable where Point.Scalar == Float {
  /// The points.
  let points: [Point]

  /// Unpacks a codebook.
  ///
  /// - Parameters:
  ///   - packed: four hexadecimal digits for each point, which are a 16-bit number; its lowest
  ///     `bits` are the number of the first value's level, and so on.
  ///   - bits: how many bits one value takes.
  ///   - levels: the levels.
  init(packed: StaticString, bits: Int, levels: [Float]) {
    points = packed.withUTF8Buffer { digits in
      (0..<digits.count / 4).map { index in
        var word = 0
        for digit in digits[4 * index..<4 * index + 4] {
          // '0' is 0x30, 'a' is 0x61.
          word = word << 4 | Int(digit & 15) + (digit > 0x40 ? 9 : 0)
        }
        var point = Point()
        for i in point.indices {
          point[i] = levels[word >> (bits * i) & (1 << bits - 1)]
        }
        return point
      }
    }
  }

  /// The group that starts at `start`.
  static func group(_ values: [Float], at start: Int) -> Point {
    var group = Point()
    for i in group.indices { group[i] = values[start + i] }
    return group
  }

  /// What is worth storing a group as.
  ///
  /// - Parameters:
  ///   - values: the group; magnitudes where the format stores signs apart.
  ///   - weights: how much each value matters.
  ///   - flipped: whether one of the signs must be wrong; it is the one that matters least.
  ///   - offsets: what may be added to all values of a point. Choice `k * points.count + p` is
  ///     the point `p` with the `k`-th of them.
  func frontier(
    values: Point, weights: Point, flipped: Bool = false, offsets: [Float] = [0]
  ) -> Frontier {
    let weighted = values * weights
    var matches: [Float] = []
    var energies: [Float] = []
    matches.reserveCapacity(points.count * offsets.count)
    energies.reserveCapacity(points.count * offsets.count)
    for offset in offsets {
      for point in points {
        let shifted = point + offset
        let products = weighted * shifted
        let match = products.sum()
        matches.append(flipped ? match - 2 * products.min() : match)
        energies.append((weights * shifted * shifted).sum())
      }
    }
    return Frontier(matches: matches, energies: energies)
  }

  /// What is worth storing the group of a block that starts at `start` as, signs included.
  func frontier(_ input: BlockInput, at start: Int, offsets: [Float]) -> Frontier {
    frontier(
      values: Self.group(input.values, at: start), weights: Self.group(input.weights, at: start),
      offsets: offsets)
  }

  /// Which sign of a group is wrong when one must be and it is stored as `point`.
  func flippedPlace(values: Point, weights: Point, point: Int) -> Int {
    let products = values * weights * points[point]
    let least = products.min()
    return products.indices.first { products[$0] == least } ?? 0
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
