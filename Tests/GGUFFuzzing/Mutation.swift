import TestSupport

/// Damages a file's bytes in the ways that files get damaged, and in those that an attacker would
/// choose.
struct Mutation {
  /// Numbers that break careless arithmetic.
  private static let awkward: [UInt64] = [
    0, 1, 2, 3, 5, 31, 255, 256, 65_535, 1 << 20, 1 << 31, (1 << 31) - 1, (1 << 32) - 1, 1 << 32,
    1 << 60, 1 << 61, 1 << 62, (1 << 63) - 1, 1 << 63, .max, .max - 7, .max - 31,
  ]

  private(set) var bytes: [UInt8]

  /// A copy of `bytes` with one to four kinds of damage.
  init(of bytes: [UInt8], using random: inout SeededRandom) {
    self.bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      damage(using: &random)
    }
  }

  private mutating func damage(using random: inout SeededRandom) {
    guard bytes.count > 16 else { return }
    switch Int.random(in: 0..<9, using: &random) {
    case 0:
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[place(using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    case 1:
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[place(using: &random)] = .random(in: .min ... .max, using: &random)
      }
    case 2: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    case 3: overwrite(width: 8, using: &random)
    case 4: overwrite(width: 4, using: &random)
    case 5:
      // Two pieces change places.
      let length = Int.random(in: 1...8, using: &random) * 4
      let first = place(using: &random)
      let second = place(using: &random)
      guard first + length <= bytes.count, second + length <= bytes.count else { return }
      for i in 0..<length { bytes.swapAt(first + i, second + i) }
    case 6:
      let start = place(using: &random)
      bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...64, using: &random)))
    case 7:
      let start = place(using: &random)
      let end = min(bytes.count, start + Int.random(in: 1...64, using: &random))
      bytes.insert(contentsOf: bytes[start..<end], at: place(using: &random))
    default:
      bytes.append(contentsOf: [UInt8](repeating: 0, count: Int.random(in: 1...64, using: &random)))
    }
  }

  /// Writes an awkward number in either byte order.
  private mutating func overwrite(width: Int, using random: inout SeededRandom) {
    let start = place(using: &random)
    guard start + width <= bytes.count else { return }
    let number = Self.awkward.randomElement(using: &random) ?? 0
    let reversed = Bool.random(using: &random)
    for i in 0..<width {
      let shift = UInt64(8 * (reversed ? width - 1 - i : i))
      bytes[start + i] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// A place in the file; more often than not in the first part, where the counts are.
  private func place(using random: inout SeededRandom) -> Int {
    let end = Bool.random(using: &random) ? bytes.count : max(1, min(bytes.count, 2_000))
    return Int.random(in: 0..<end, using: &random)
  }
}
