/// The values of one block on their way into an encoder, and how much each of them matters.
///
/// Made once for a call and loaded for each block, so that encoding does not allocate.
struct BlockInput {
  /// Values that can be calculated with: no NaN, none larger than a format can store.
  private(set) var values: [Float]

  /// How much an error matters: the caller's importance, its largest in the block being 1, or 1
  /// throughout.
  private(set) var importance: [Float]

  /// `importance[i] * sqrt(meanSquare + values[i]^2)`: what the formats with two levels of scales
  /// minimize. Large values matter more, because activations multiply them.
  private(set) var weights: [Float]

  init(size: Int) {
    values = [Float](repeating: 0, count: size)
    importance = [Float](repeating: 1, count: size)
    weights = [Float](repeating: 1, count: size)
  }

  /// Takes in the block of `source` that starts at `start`.
  mutating func load(_ source: Span<Float>, importance given: Span<Float>?, at start: Int) {
    let count = values.count
    var sum: Float = 0
    for i in 0..<count {
      let value = encodable(source[unchecked: start + i])
      values[i] = value
      sum += value * value
    }
    if let given {
      load(importance: given, at: start % given.count)
    }
    let meanSquare = sum / Float(count)
    for i in 0..<count {
      weights[i] = importance[i] * (meanSquare + values[i] * values[i]).squareRoot()
    }
  }

  private mutating func load(importance given: Span<Float>, at start: Int) {
    let count = importance.count
    var largest: Float = 0
    for i in 0..<count {
      let weight = given[unchecked: start + i]
      let usable = weight > 0 && weight < .infinity ? weight : 0
      importance[i] = usable
      largest = max(largest, usable)
    }
    // Columns that do not matter at all are still stored as well as they can be.
    for i in 0..<count {
      importance[i] = largest > 0 ? importance[i] / largest : 1
    }
  }
}
