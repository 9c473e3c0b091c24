/// The merges of a byte-level BPE vocabulary by the two pieces that they join: a hash table with
/// open addressing.
struct MergeTable: Sendable {
  private struct Slot {
    /// The left piece, and below it the right one; all ones where the slot is free.
    var pair = UInt64.max
    var rank: UInt32 = 0
    var piece: Int32 = 0
  }

  private var slots: [Slot]

  /// A table of a vocabulary's merges, without those that make a piece for which `isAllowed` is false.
  /// Of equal pairs the first counts.
  init(_ vocabulary: Vocabulary, isAllowed: (Int) -> Bool) {
    var capacity = 16
    while capacity < vocabulary.merges.count + vocabulary.merges.count / 2 { capacity *= 2 }
    slots = Array(repeating: Slot(), count: capacity)
    for (rank, merge) in vocabulary.merges.enumerated() where isAllowed(Int(merge.result)) {
      let pair = Self.pair(merge.left, merge.right)
      let index = index(of: pair)
      guard slots[index].pair != pair else { continue }
      slots[index] = Slot(
        pair: pair, rank: UInt32(truncatingIfNeeded: rank), piece: merge.result)
    }
  }

  /// The merges of a vocabulary, without those that make a control or unknown piece: text becomes one
  /// only on request.
  init(_ vocabulary: Vocabulary) {
    self.init(vocabulary) { vocabulary.isText($0) }
  }

  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  private func index(of pair: UInt64) -> Int {
    let mask = slots.count - 1
    var hash = pair &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    var index = Int(truncatingIfNeeded: hash &* 0x9E37_79B9_7F4A_7C15 >> 32) & mask
    while slots[index].pair != pair, slots[index].pair != .max { index = (index + 1) & mask }
    return index
  }
}

extension MergeTable: MergeRule {
  func join(_ left: Int32, _ right: Int32, _ range: Range<Int>, in text: Span<UInt8>)
    -> (rank: UInt32, piece: Int32)?
  {
    // A byte that has no piece joins nothing.
    guard left >= 0, right >= 0 else { return nil }
    let pair = Self.pair(left, right)
    let slot = slots[index(of: pair)]
    return slot.pair == pair ? (slot.rank, slot.piece) : nil
  }
}
