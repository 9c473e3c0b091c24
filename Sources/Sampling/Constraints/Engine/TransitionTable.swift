/// Steps by state and byte: an open hash table, because it is asked for every byte of every token.
struct TransitionTable: Sendable {
  /// A key of state and byte, plus one so that zero is free, with the next state.
  private var keys = [UInt64](repeating: 0, count: 1 << 12)
  private var values = [StateID](repeating: 0, count: 1 << 12)
  private(set) var count = 0

  subscript(state: StateID, byte: UInt8) -> StateID? {
    get {
      let key = Self.key(state, byte)
      var slot = Self.slot(key, keys.count)
      while keys[slot] != 0 {
        if keys[slot] == key { return values[slot] }
        slot = (slot + 1) & (keys.count - 1)
      }
      return nil
    }
    set {
      if 2 * count >= keys.count { grow() }
      insert(Self.key(state, byte), newValue ?? .dead)
      count += 1
    }
  }

  private static func key(_ state: StateID, _ byte: UInt8) -> UInt64 {
    (UInt64(UInt32(bitPattern: state)) << 8 | UInt64(byte)) + 1
  }

  private static func slot(_ key: UInt64, _ capacity: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (capacity - 1)
  }

  private mutating func insert(_ key: UInt64, _ value: StateID) {
    var slot = Self.slot(key, keys.count)
    while keys[slot] != 0 { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    values[slot] = value
  }

  private mutating func grow() {
    let old = (keys, values)
    keys = [UInt64](repeating: 0, count: 2 * old.0.count)
    values = [StateID](repeating: 0, count: 2 * old.0.count)
    for index in old.0.indices where old.0[index] != 0 { insert(old.0[index], old.1[index]) }
  }
}
