// The formats with one scale for a block: where their numbers are.

/// 4 bits each from `byte` on; the low halves of sixteen bytes are the first sixteen values.
private func nibbles(from byte: Int) -> [BitField] {
  (0..<32).map { BitField(byte: byte + $0 % 16, bit: 4 * ($0 / 16), width: 4) }
}

/// The same with a fifth bit of each from `high` on.
private func nibbles(from byte: Int, high: Int) -> [BitField] {
  nibbles(from: byte).enumerated().map { i, low in
    low.followed(by: BitField(byte: high, bit: i, width: 1))
  }
}

/// A half at the start of the block.
private let leadingHalf = BitField(byte: 0, width: 16)

extension Q4_0: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(-8...7), of: nibbles(from: 2), subBlockSize: 32, unit: leadingHalf)
}

extension Q4_1: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(0...15), of: nibbles(from: 4), subBlockSize: 32, unit: leadingHalf,
    minimumUnit: BitField(byte: 2, width: 16))
}

extension Q5_0: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(-16...15), of: nibbles(from: 6, high: 2), subBlockSize: 32, unit: leadingHalf)
}

extension Q5_1: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(0...31), of: nibbles(from: 8, high: 4), subBlockSize: 32, unit: leadingHalf,
    minimumUnit: BitField(byte: 2, width: 16))
}

extension Q8_0: CodedFormat {
  /// Where a block keeps its numbers. The level -128, which no encoder writes, is left alone.
  public static let layout = BlockLayout.levels(
    LevelTable((0..<256).map { Float(Int8(truncatingIfNeeded: $0)) }, unused: [128]),
    of: (0..<32).map { BitField(byte: 2 + $0, width: 8) }, subBlockSize: 32, unit: leadingHalf)
}

extension IQ4_NL: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(levels.levels), of: nibbles(from: 2), subBlockSize: 32, unit: leadingHalf)
}

extension Q1_0: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable([-1, 1]), of: (0..<128).map { BitField(byte: 2, bit: $0, width: 1) },
    subBlockSize: 128, unit: leadingHalf)
}

extension Q2_0: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(-1...2), of: (0..<64).map { BitField(byte: 2, bit: 2 * $0, width: 2) },
    subBlockSize: 64, unit: leadingHalf)
}

extension MXFP4: CodedFormat {
  /// Where a block keeps its numbers. The exponent 255, which stands for NaN, is left alone.
  public static let layout = BlockLayout.levels(
    LevelTable(E2M1.doubled), of: nibbles(from: 1), subBlockSize: 32, unit: nil,
    scales: .init(
      [BitField(byte: 0, width: 8)],
      meanings: (0..<255).map { Float(sign: .plus, exponent: $0 - 128, significand: 1) }))
}

extension NVFP4: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout.levels(
    LevelTable(E2M1.doubled),
    of: (0..<64).map {
      BitField(byte: 4 + 8 * ($0 / 16) + $0 % 8, bit: 4 * ($0 / 8 % 2), width: 4)
    },
    subBlockSize: 16, unit: nil,
    scales: .init(
      (0..<4).map { BitField(byte: $0, width: 8) },
      meanings: (0...E4M3.highest).map { E4M3.value($0) / 2 }))
}

extension TQ2_0: CodedFormat {
  /// Where a block keeps its numbers. The fourth code, which no encoder writes, is left alone.
  public static let layout = BlockLayout.levels(
    LevelTable(-1...1),
    of: (0..<256).map {
      BitField(byte: $0 / 128 * 32 + $0 % 32, bit: 2 * ($0 / 32 % 4), width: 2)
    },
    subBlockSize: 256, unit: BitField(byte: 64, width: 16))
}

extension TQ1_0: CodedFormat {
  /// What a block keeps. The digits of its codes share bytes, so that the places given for them
  /// mean nothing; ``load(_:from:)`` and ``store(_:into:)`` know where they are.
  public static let layout = BlockLayout.levels(
    LevelTable(-1...1), of: [BitField](repeating: BitField(byte: 0, width: 2), count: 256),
    subBlockSize: 256, unit: BitField(byte: 52, width: 16))

  /// The first byte, how many, the first value and the values of a byte, of the block's parts.
  private static let digitParts = [
    (byte: 0, bytes: 32, value: 0, digits: 5), (byte: 32, bytes: 16, value: 160, digits: 5),
    (byte: 48, bytes: 4, value: 240, digits: 4),
  ]

  /// Takes the digits out of the bytes.
  public static func load(_ codes: inout BlockCodes, from block: RawSpan) {
    for part in digitParts {
      for i in 0..<part.bytes {
        var fraction = Int(block.byte(part.byte + i))
        for k in 0..<part.digits {
          codes.numbers[part.value + part.bytes * k + i] = (3 * fraction) >> 8
          fraction = (3 * fraction) & 255
        }
      }
    }
  }

  /// Puts the digits together.
  public static func store(_ codes: BlockCodes, into block: inout MutableRawSpan) {
    for part in digitParts {
      for i in 0..<part.bytes {
        var number = 0
        for k in 0..<5 {
          number *= 3
          if k < part.digits { number += codes.numbers[part.value + part.bytes * k + i] }
        }
        block.store(UInt8((256 * number + 242) / 243), at: part.byte + i)
      }
    }
  }
}
