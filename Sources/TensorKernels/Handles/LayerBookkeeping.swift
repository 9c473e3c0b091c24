/// Which positions a layer's slots hold: consecutive ones from ``first`` on.
///
/// A sliding layer moves its window to the front when it runs out of slots, so that what attention
/// reads is always contiguous and in the order of positions.
struct SlotWindow {
  let window: Int?
  let slots: Int
  /// Slot 0 holds a multiple of this.
  let alignment: Int
  /// The position in slot 0.
  private(set) var first = 0
  /// The oldest position that is there, in slot 0 or soon after it.
  private(set) var oldest = 0

  /// Slots of which those up to `count` hold the positions from `oldest` on, as far as they fit.
  init(
    window: Int?, slots: Int, alignment: Int = 1, oldest: Int = 0, count: Int = 0
  ) {
    self.window = window
    self.slots = slots
    self.alignment = alignment
    let fitting = max(oldest, count - slots)
    first = fitting / alignment * alignment
    if count - first > slots { first += alignment }
    self.oldest = max(fitting, first)
  }

  /// Prepares for storing `positions`; returns the slots that must move to the front first.
  mutating func makeRoom(for positions: Range<Int>) -> Range<Int>? {
    if positions.lowerBound == 0 { (first, oldest) = (0, 0) }
    guard positions.upperBound - first > slots, let window else {
      precondition(positions.upperBound - first <= slots, "a step beyond the cache's capacity")
      return nil
    }
    let needed = max(first, positions.lowerBound - window + 1)
    let kept = needed / alignment * alignment
    precondition(positions.upperBound - kept <= slots, "a step beyond the cache's slots")
    defer { (first, oldest) = (kept, max(oldest, kept)) }
    return kept - first..<positions.lowerBound - first
  }

  /// Whether what the position after `position - 1` sees is still there.
  func canResume(at position: Int) -> Bool {
    guard let window else { return true }
    return position == 0 || max(0, position - window + 1) >= oldest
  }
}

/// The positions that a recurrent state and the one before it belong to.
///
/// A step reads one of two states and writes the other, so an interrupted step can be repeated.
struct StatePair {
  /// Where each of the two ends; nil for one without contents.
  private(set) var positions: [Int?]

  init(positions: [Int?] = [nil, nil]) { self.positions = positions }

  /// The state to read (nil for zeros) and the one to write, for a step over `range`.
  mutating func advance(over range: Range<Int>) -> (source: Int?, target: Int) {
    let source = range.lowerBound == 0 ? nil : positions.firstIndex(of: range.lowerBound)
    precondition(
      range.lowerBound == 0 || source != nil, "no recurrent state at \(range.lowerBound)")
    let target = source.map { 1 - $0 } ?? 0
    positions[target] = range.upperBound
    return (source, target)
  }

  func canResume(at position: Int) -> Bool { position == 0 || positions.contains(position) }
}
