// Order among candidates: by falling logit, then by rising token. A candidate's key is an integer
// that orders in the same way, so that sorting and selecting compare single integers.
extension Candidates {
  /// The index of the candidate with the greatest logit; of equal ones, that of the lowest token.
  ///
  /// There must be a candidate.
  public var indexOfMaximum: Int {
    precondition(!isEmpty, "no candidate is left")
    if isSorted { return 0 }
    let first = Sampling.indexOfMaximum(logits.span)
    if isInTokenOrder { return first }
    var best = first
    for index in first..<count where logits[index] == logits[first] {
      if tokens[index] < tokens[best] { best = index }
    }
    return best
  }

  /// Orders the candidates by falling logit, equal ones by rising token.
  public mutating func sort() {
    guard !isSorted else { return }
    loadKeys()
    keys.sort()
    storeKeys()
  }

  /// Keeps the `limit` first candidates in sorted order, at least one, and orders them.
  ///
  /// Complexity: O(`count`) comparisons with the worst candidate kept, plus O(`limit` log `limit`).
  public mutating func keepTop(_ limit: Int) {
    let limit = max(1, limit)
    if isSorted { return keepFirst(limit) }
    // A heap pays off while most candidates never enter it.
    if limit < count / 8 { selectKeys(limit) } else { loadKeys() }
    keys.sort()
    if keys.count > limit { keys.removeLast(keys.count - limit) }
    storeKeys()
  }

  /// Keeps the first candidates in sorted order whose probabilities together reach `probability`,
  /// at least `minimumKept`, and orders them.
  public mutating func keepTop(probability: Float, minimumKept: Int = 1) {
    guard count > 1 else { return }
    normalize()
    let greatest = logits[indexOfMaximum]
    // Probabilities follow from the logits and their sum, whatever the order.
    let unit = probabilities[indexOfMaximum]
    // Few of many candidates suffice, as a rule: order ever more of them until they do.
    var limit = 256
    while true {
      if limit < count / 8 { selectKeys(limit) } else { loadKeys() }
      keys.sort()
      var sum: Float = 0
      for index in keys.indices {
        let logit = Self.candidate(keys[index]).logit
        sum += logit == greatest ? unit : unit * exponential(logit - greatest)
        if sum >= probability, index + 1 >= minimumKept {
          keys.removeLast(keys.count - index - 1)
          return storeKeys()
        }
      }
      if keys.count == count { return storeKeys() }
      limit *= 8
    }
  }

  /// Keeps the candidates with the least scores whose probabilities together exceed `probability`,
  /// at least `minimumKept`, ordered by rising score; of equal scores the first candidate.
  ///
  /// - Parameter score: The score of the candidate at an index, 0 or more; NaN counts as infinity.
  mutating func keep(
    probability: Float, minimumKept: Int, byRising score: (Int) -> Float
  ) {
    normalize()
    let scores = (0..<count).map { index in
      let score = score(index)
      return UInt64((score.isNaN ? .infinity : score).bitPattern) << 32 | UInt64(index)
    }
    var limit = 256
    while true {
      keys.removeAll(keepingCapacity: true)
      if limit < count / 8 {
        keys.append(contentsOf: scores[..<limit])
        heapify()
        for key in scores[limit...] where key < keys[0] {
          keys[0] = key
          siftDown(from: 0)
        }
      } else {
        keys.append(contentsOf: scores)
      }
      keys.sort()
      var sum: Float = 0
      var kept = 0
      while kept < keys.count {
        sum += probabilities[Int(keys[kept] & 0xFFFF_FFFF)]
        kept += 1
        if sum > probability, kept >= minimumKept { return gather(kept) }
      }
      if keys.count == count { return gather(kept) }
      limit *= 8
    }
  }

  /// Leaves the candidates whose indices are in the low halves of the first `count` keys.
  private mutating func gather(_ count: Int) {
    let indices = keys[..<count].map { Int($0 & 0xFFFF_FFFF) }
    tokens = indices.map { tokens[$0] }
    logits = indices.map { logits[$0] }
    probabilities.removeAll(keepingCapacity: true)
    isSorted = count <= 1
    isInTokenOrder = false
  }

  private mutating func loadKeys() {
    keys.removeAll(keepingCapacity: true)
    for index in 0..<count { keys.append(Self.key(logits[index], tokens[index])) }
  }

  private mutating func storeKeys() {
    tokens.resize(to: keys.count)
    logits.resize(to: keys.count)
    for index in keys.indices { (logits[index], tokens[index]) = Self.candidate(keys[index]) }
    probabilities.removeAll(keepingCapacity: true)
    isSorted = true
    isInTokenOrder = false
  }

  /// Leaves the `limit` least keys in `keys`, as a heap with the greatest at the root.
  private mutating func selectKeys(_ limit: Int) {
    keys.removeAll(keepingCapacity: true)
    for index in 0..<limit { keys.append(Self.key(logits[index], tokens[index])) }
    heapify()
    var worst = Self.candidate(keys[0]).logit
    for index in limit..<count where logits[index] >= worst {
      let key = Self.key(logits[index], tokens[index])
      guard key < keys[0] else { continue }
      keys[0] = key
      siftDown(from: 0)
      worst = Self.candidate(keys[0]).logit
    }
  }

  private mutating func heapify() {
    for index in stride(from: keys.count / 2, through: 0, by: -1) { siftDown(from: index) }
  }

  private mutating func siftDown(from start: Int) {
    var parent = start
    guard parent < keys.count else { return }
    let key = keys[parent]
    while true {
      var child = 2 * parent + 1
      guard child < keys.count else { break }
      if child + 1 < keys.count, keys[child + 1] > keys[child] { child += 1 }
      guard keys[child] > key else { break }
      keys[parent] = keys[child]
      parent = child
    }
    keys[parent] = key
  }

  /// The high half orders by falling logit, the low half by rising token.
  private static func key(_ logit: Float, _ token: Int32) -> UInt64 {
    // A transform may have made a NaN or a negative zero.
    let bits = (logit.isNaN ? -.infinity : logit + 0).bitPattern
    // Positive floats order as their bits do, negative ones the other way round.
    let rising = bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    return UInt64(~rising) << 32 | UInt64(UInt32(bitPattern: token))
  }

  private static func candidate(_ key: UInt64) -> (logit: Float, token: Int32) {
    let rising = ~UInt32(truncatingIfNeeded: key >> 32)
    let bits = rising >> 31 == 1 ? rising & 0x7FFF_FFFF : ~rising
    return (Float(bitPattern: bits), Int32(truncatingIfNeeded: key))
  }
}
