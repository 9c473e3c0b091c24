/// Chooses what a block of 256 values is stored as in the formats that store the magnitudes of four
/// or eight values as a point of a codebook and, for each eight values, their signs.
struct SignedLatticeEncoder<Point: SIMD & Sendable> where Point.Scalar == Float {
  /// What a block stores.
  struct Block {
    /// The scales.
    var numbers: LatticeBlockEncoder.Numbers
    /// The points and the signs of each eight values.
    var units: [(points: [Int], signs: UInt32)]
  }

  /// The points.
  var codebook: LatticeCodebook<Point>
  /// Whether only seven signs are stored; see ``SignPatterns/complete(_:)``.
  var evenSigns: Bool
  /// How many values share a scale.
  var subBlockSize: Int
  /// The search for the scales.
  var scales: LatticeBlockEncoder

  /// Encodes a block.
  func encode(_ input: BlockInput) -> Block {
    let subBlocks = (0..<256 / subBlockSize).map { j in
      LatticeSubBlock(
        units: (0..<subBlockSize / 8).map { unit(input, at: subBlockSize * j + 8 * $0) })
    }
    let numbers = scales.encode(subBlocks)
    var units: [(points: [Int], signs: UInt32)] = []
    for (j, subBlock) in subBlocks.enumerated() {
      let choices = subBlock.choices(at: scales.scale(numbers, subBlock: j))
      for (index, choice) in choices.enumerated() {
        let start = subBlockSize * j + 8 * index
        units.append((choice.points, signs(input, at: start, choice)))
      }
    }
    return Block(numbers: numbers, units: units)
  }

  private var groups: Int { 8 / Point.scalarCount }

  private func unit(_ input: BlockInput, at start: Int) -> LatticeSubBlock.Unit {
    let pattern = SignPatterns.pattern(of: input.values, at: start)
    let plain = (0..<groups).map { frontier(input, at: start, group: $0, flipped: false) }
    guard evenSigns, SignPatterns.isOdd(pattern) else { return [plain] }
    // One sign must be stored wrong, in one group or the other.
    return (0..<groups).map { wrong in
      var alternative = plain
      alternative[wrong] = frontier(input, at: start, group: wrong, flipped: true)
      return alternative
    }
  }

  private func frontier(
    _ input: BlockInput, at start: Int, group: Int, flipped: Bool
  ) -> Frontier {
    let (magnitudes, weights) = magnitudes(input, at: start, group: group)
    return codebook.frontier(values: magnitudes, weights: weights, flipped: flipped)
  }

  private func signs(
    _ input: BlockInput, at start: Int, _ choice: (alternative: Int, points: [Int])
  ) -> UInt32 {
    let pattern = SignPatterns.pattern(of: input.values, at: start)
    guard evenSigns, SignPatterns.isOdd(pattern) else { return pattern }
    let wrong = choice.alternative
    let (magnitudes, weights) = magnitudes(input, at: start, group: wrong)
    let place = codebook.flippedPlace(
      values: magnitudes, weights: weights, point: choice.points[wrong])
    return pattern ^ 1 << UInt32(Point.scalarCount * wrong + place)
  }

  private func magnitudes(
    _ input: BlockInput, at start: Int, group: Int
  ) -> (magnitudes: Point, weights: Point) {
    let first = start + Point.scalarCount * group
    var magnitudes = LatticeCodebook<Point>.group(input.values, at: first)
    for i in magnitudes.indices { magnitudes[i] = abs(magnitudes[i]) }
    return (magnitudes, LatticeCodebook<Point>.group(input.weights, at: first))
  }
}
