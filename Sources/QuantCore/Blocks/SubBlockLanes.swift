/// Eight sub-blocks of a block, one in each lane.
struct SubBlockLanes {
  /// Value `i` of each of them.
  private(set) var values: [Lanes]
  /// Its weight.
  private(set) var weights: [Lanes]

  /// Sub-blocks of `size` values.
  init(size: Int) {
    values = [Lanes](repeating: .zero, count: size)
    weights = [Lanes](repeating: Lanes(repeating: 1), count: size)
  }

  /// Takes in the sub-blocks that start at `start`.
  mutating func load(_ input: BlockInput, at start: Int) {
    let size = values.count
    for lane in 0..<Lanes.width {
      for i in 0..<size {
        values[i][lane] = input.values[start + size * lane + i]
        weights[i][lane] = input.weights[start + size * lane + i]
      }
    }
  }
}
