/// The values of one block on their way into an encoder, and how much each of them matters.
///
/// Made once for a call and loaded for each block, so that encoding does not allocate.
struct BlockInput {
  /// Values that can be calculated with: no NaN, none larger than a format can store.
  private(set) var values: [Float]

  /// How much a squared error matters: the caller's importance, its largest in the block being 1,
  /// or 1 throughout.
  private(set) var weights: [Float]

  init(size: Int) {
    values = [Float](repeating: 0, count: size)
    weights = [Float](repeating: 1, count: size)
  }

  /// Takes in the block of `source` that starts at `start`.
  mutating func load(_ source: Span<Float>, importance: Span<Float>?, at start: Int) {
    for i in 0..<values.count {
      values[i] = encodable(source[unchecked: start + i])
    }
    if let importance {
      load(weights: importance, at: start % importance.count)
    }
  }

  private mutating func load(weights given: Span<Float>, at start: Int) {
    let count = weights.count
    var largest: Float = 0
    for i in 0..<count {
      let weight = given[unchecked: start + i]
      let usable = weight > 0 && weight < .infinity ? weight : 0
      weights[i] = usable
      largest = max(largest, usable)
    }
    // Columns that do not matter at all are still stored as well as they can be.
    for i in 0..<count {
      weights[i] = largest > 0 ? weights[i] / largest : 1
    }
  }
}
