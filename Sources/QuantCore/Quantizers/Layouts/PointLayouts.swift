// The formats that store points of a codebook: where their numbers are.

/// The meanings of scales of `bits` bits: `factor * (2 * s + 1)`.
private func odd(bits: Int, factor: Float) -> [Float] {
  (0..<1 << bits).map { factor * Float(2 * $0 + 1) }
}

/// `count` numbers of 4 bits, two in a byte.
private func nibbles(from byte: Int, count: Int) -> [BitField] {
  (0..<count).map { BitField(byte: byte + $0 / 2, bit: 4 * ($0 % 2), width: 4) }
}

/// Seven signs for each unit, four units in 32 bits; the first 32 bits start at `byte`, the next
/// `stride` bytes after.
private func packedSigns(from byte: Int, stride: Int) -> [BitField] {
  (0..<32).map { BitField(byte: byte + stride * ($0 / 4), bit: 7 * ($0 % 4), width: 7) }
}

/// `count` bytes.
private func bytes(from byte: Int, count: Int) -> [BitField] {
  (0..<count).map { BitField(byte: byte + $0, width: 8) }
}

/// A half at the start of the block.
private let leadingHalf = BitField(byte: 0, width: 16)

extension IQ2_XXS: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout(
    subBlockSize: 32, unit: leadingHalf,
    scales: .init(
      (0..<8).map { BitField(byte: 6 + 8 * $0, bit: 28, width: 4) },
      meanings: odd(bits: 4, factor: 0.125)),
    codes: .points(
      PointTable(
        IQ2XXSCodebook.lattice.points,
        fields: (0..<32).map { BitField(byte: 2 + 8 * ($0 / 4) + $0 % 4, width: 8) },
        signs: .even(packedSigns(from: 6, stride: 8)))))
}

extension IQ2_XS: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout(
    subBlockSize: 16, unit: leadingHalf,
    scales: .init(nibbles(from: 66, count: 16), meanings: odd(bits: 4, factor: 0.125)),
    codes: .points(
      PointTable(
        IQ2XSCodebook.lattice.points,
        fields: (0..<32).map { BitField(byte: 2 + 2 * $0, width: 9) },
        signs: .even((0..<32).map { BitField(byte: 2 + 2 * $0, bit: 9, width: 7) }))))
}

extension IQ2_S: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout(
    subBlockSize: 16, unit: leadingHalf,
    scales: .init(nibbles(from: 74, count: 16), meanings: odd(bits: 4, factor: 0.125)),
    codes: .points(
      PointTable(
        IQ2SCodebook.lattice.points,
        fields: (0..<32).map {
          BitField(byte: 2 + $0, width: 8)
            .followed(by: BitField(byte: 66 + $0 / 4, bit: 2 * ($0 % 4), width: 2))
        },
        signs: .free(bytes(from: 34, count: 32)))))
}

extension IQ3_XXS: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout(
    subBlockSize: 32, unit: leadingHalf,
    scales: .init(
      (0..<8).map { BitField(byte: 66 + 4 * $0, bit: 28, width: 4) },
      meanings: odd(bits: 4, factor: 0.25)),
    codes: .points(
      PointTable(
        IQ3XXSCodebook.lattice.points, fields: bytes(from: 2, count: 64),
        signs: .even(packedSigns(from: 66, stride: 4)))))
}

extension IQ3_S: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout(
    subBlockSize: 32, unit: leadingHalf,
    scales: .init(nibbles(from: 106, count: 8), meanings: odd(bits: 4, factor: 1)),
    codes: .points(
      PointTable(
        IQ3SCodebook.lattice.points,
        fields: (0..<64).map {
          BitField(byte: 2 + $0, width: 8)
            .followed(by: BitField(byte: 66, bit: $0, width: 1))
        },
        signs: .free(bytes(from: 74, count: 32)))))
}

extension IQ1_S: CodedFormat {
  /// Where a block keeps its numbers.
  public static let layout = BlockLayout(
    subBlockSize: 32, unit: leadingHalf,
    scales: .init(
      (0..<8).map { BitField(byte: 34 + 2 * $0, bit: 12, width: 3) },
      meanings: odd(bits: 3, factor: 1)),
    shifts: .init(
      (0..<8).map { BitField(byte: 34 + 2 * $0, bit: 15, width: 1) }, meanings: [0.125, -0.125]),
    codes: .points(
      PointTable(
        IQ1Codebook.lattice.points,
        fields: (0..<32).map {
          BitField(byte: 2 + $0, width: 8)
            .followed(by: BitField(byte: 34 + 2 * ($0 / 4), bit: 3 * ($0 % 4), width: 3))
        },
        signs: .inPoints)))
}

extension IQ1_M: CodedFormat {
  /// Where a block keeps its numbers. The shift of a group is the highest bit of its point.
  public static let layout = BlockLayout(
    subBlockSize: 16,
    unit: (1..<4).reduce(BitField(byte: 48, bit: 12, width: 4)) {
      $0.followed(by: BitField(byte: 48 + 2 * $1, bit: 12, width: 4))
    },
    scales: .init(
      (0..<16).map { BitField(byte: 48 + 2 * ($0 / 4), bit: 3 * ($0 % 4), width: 3) },
      meanings: odd(bits: 3, factor: 1)),
    codes: .points(
      PointTable(
        [0.125, -0.125].flatMap { shift in IQ1Codebook.lattice.points.map { $0 + shift } },
        fields: (0..<32).map {
          BitField(byte: $0, width: 8)
            .followed(by: BitField(byte: 32 + $0 / 2, bit: 4 * ($0 % 2), width: 4))
        },
        signs: .inPoints)))
}
