/// How much errors in the blocks of 32 of a row matter to a search: the importance of a column times
/// the root of the sum of its value's square and the row's mean square, so that large values matter
/// more.
struct RowWeights {
  /// The weights of the block loaded last.
  private(set) var weights = [Float](repeating: 0, count: 32)

  private var meanSquare: Float = 0

  /// Takes in the block that starts at `start`, whose values are `block`.
  mutating func load(
    _ values: Span<Float>, block: [Float], importance: Span<Float>, at start: Int
  ) {
    let columns = importance.count
    if start % columns == 0 {
      var sum: Float = 0
      for i in start..<start + columns {
        let x = encodable(values[unchecked: i])
        sum += x * x
      }
      meanSquare = sum / Float(columns)
    }
    var isUsable = false
    for i in 0..<32 {
      let given = importance[unchecked: start % columns + i]
      weights[i] = given > 0 && given < .infinity ? given : 0
      if weights[i] > 0 { isUsable = true }
    }
    for i in 0..<32 {
      let spread = (meanSquare + block[i] * block[i]).squareRoot()
      // Columns that do not matter at all are still stored as well as they can be.
      weights[i] = isUsable ? weights[i] * spread : spread
    }
  }
}
