// The formats of 256 levels with scales for parts: where their numbers are.

/// The meanings of `count` codes that count up from `lowest`.
private func counting(from lowest: Int, count: Int) -> [Float] {
  (0..<count).map { Float($0 + lowest) }
}

/// The scales or, from byte 8 on, the minimums that `SixBitScales` packs from byte 4 on.
private func sixBits(minimums: Bool) -> [BitField] {
  let first = minimums ? 8 : 4
  return (0..<8).map { j in
    j < 4
      ? BitField(byte: first + j, width: 6)
      : BitField(byte: 8 + j, bit: minimums ? 4 : 0, width: 4)
        .followed(by: BitField(byte: first + j - 4, bit: 6, width: 2))
  }
}

/// 2 bits each from `byte` on: of 32 bytes, which are 128 values, bits 1..0 are the first 32.
private func pairs(from byte: Int) -> [BitField] {
  (0..<256).map {
    BitField(byte: byte + $0 / 128 * 32 + $0 % 32, bit: 2 * ($0 / 32 % 4), width: 2)
  }
}

/// 4 bits each from `byte` on: of 32 bytes, which are 64 values, the low halves are the first 32.
private func nibbles(from byte: Int) -> [BitField] {
  (0..<256).map {
    BitField(byte: byte + $0 / 64 * 32 + $0 % 32, bit: 4 * ($0 / 32 % 2), width: 4)
  }
}

extension Q2_K: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(0...3), of: pairs(from: 16), subBlockSize: 16, unit: BitField(byte: 80, width: 16),
    scales: .init(
      (0..<16).map { BitField(byte: $0, width: 4) }, meanings: counting(from: 0, count: 16)),
    minimumUnit: BitField(byte: 82, width: 16),
    minimums: .init(
      (0..<16).map { BitField(byte: $0, bit: 4, width: 4) },
      meanings: counting(from: 0, count: 16).map { -$0 }))
}

extension Q3_K: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(-4...3),
    of: pairs(from: 32).enumerated().map { i, low in
      low.followed(by: BitField(byte: i % 32, bit: i / 32, width: 1))
    },
    subBlockSize: 16, unit: BitField(byte: 108, width: 16),
    scales: .init(
      (0..<16).map { j in
        BitField(byte: 96 + j % 8, bit: 4 * (j / 8), width: 4)
          .followed(by: BitField(byte: 104 + j % 4, bit: 2 * (j / 4), width: 2))
      },
      meanings: counting(from: -32, count: 64)))
}

extension Q4_K: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(0...15), of: nibbles(from: 16), subBlockSize: 32,
    unit: BitField(byte: 0, width: 16),
    scales: .init(sixBits(minimums: false), meanings: counting(from: 0, count: 64)),
    minimumUnit: BitField(byte: 2, width: 16),
    minimums: .init(
      sixBits(minimums: true), meanings: counting(from: 0, count: 64).map { -$0 }))
}

extension Q5_K: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(0...31),
    of: nibbles(from: 48).enumerated().map { i, low in
      low.followed(by: BitField(byte: 16 + i % 32, bit: i / 32, width: 1))
    },
    subBlockSize: 32, unit: BitField(byte: 0, width: 16),
    scales: .init(sixBits(minimums: false), meanings: counting(from: 0, count: 64)),
    minimumUnit: BitField(byte: 2, width: 16),
    minimums: .init(
      sixBits(minimums: true), meanings: counting(from: 0, count: 64).map { -$0 }))
}

extension Q6_K: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(-32...31),
    of: (0..<256).map { i in
      let (half, place) = (i / 128, i % 128)
      return BitField(byte: 64 * half + place % 64, bit: 4 * (place / 64), width: 4)
        .followed(
          by: BitField(byte: 128 + 32 * half + place % 32, bit: 2 * (place / 32), width: 2))
    },
    subBlockSize: 16, unit: BitField(byte: 208, width: 16),
    scales: .init(
      (0..<16).map { BitField(byte: 192 + $0, width: 8) },
      meanings: (0..<256).map { Float(Int8(truncatingIfNeeded: $0)) }))
}

extension IQ4_XS: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(IQ4_NL.levels.levels),
    of: (0..<256).map {
      BitField(byte: 8 + $0 / 32 * 16 + $0 % 16, bit: 4 * ($0 / 16 % 2), width: 4)
    },
    subBlockSize: 32, unit: BitField(byte: 0, width: 16),
    scales: .init(
      (0..<8).map { j in
        BitField(byte: 4 + j / 2, bit: 4 * (j % 2), width: 4)
          .followed(by: BitField(byte: 2, bit: 2 * j, width: 2))
      },
      meanings: counting(from: -32, count: 64)))
}
