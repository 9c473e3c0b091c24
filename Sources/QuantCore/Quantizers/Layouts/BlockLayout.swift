/// Where a block keeps each of its numbers, and what they mean.
///
/// With `s` the scale of a value's sub-block, a block of levels holds
/// `value = unit * s * level + minimum`, and a block of points
/// `value = unit * s * (point + shift)`, with signs. What chooses codes one at a time (error
/// compensation, rounding to nearest, counting codes) needs nothing else of a format.
public struct BlockLayout: Sendable {
  /// Small numbers, one for each sub-block, and what each of their codes stands for.
  public struct Numbers: Sendable {
    /// Where they are, one for each sub-block; empty where the block has none.
    public var fields: [BitField]
    /// The meaning of every code.
    public var meanings: [Float]

    /// Describes numbers.
    public init(_ fields: [BitField] = [], meanings: [Float] = []) {
      self.fields = fields
      self.meanings = meanings
    }

    /// The code whose meaning is nearest to `value`; the first of several.
    func nearest(_ value: Float) -> Int {
      var best = 0
      var bestDistance = Float.infinity
      for (code, meaning) in meanings.enumerated() where abs(meaning - value) < bestDistance {
        bestDistance = abs(meaning - value)
        best = code
      }
      return best
    }
  }

  /// What the values are stored as.
  public enum Codes: Sendable {
    /// A level each: where it is, value by value, and the levels.
    case levels([BitField], LevelTable)
    /// Several together as a point.
    case points(PointTable)
  }

  /// The values that share a scale.
  public var subBlockSize: Int
  /// What all scales multiply: a half; `nil` for 1.
  public var unit: BitField?
  /// The scales of the sub-blocks; none where the unit is the scale.
  public var scales: Numbers
  /// What all minimums multiply, or the minimum itself where there are none: a half.
  public var minimumUnit: BitField?
  /// The minimums of the sub-blocks; negative where the format subtracts them.
  public var minimums: Numbers
  /// What is added to all coordinates of the points of a sub-block.
  public var shifts: Numbers
  /// The values' codes.
  public var codes: Codes

  /// Describes a block.
  public init(
    subBlockSize: Int, unit: BitField?, scales: Numbers = Numbers(),
    minimumUnit: BitField? = nil, minimums: Numbers = Numbers(), shifts: Numbers = Numbers(),
    codes: Codes
  ) {
    self.subBlockSize = subBlockSize
    self.unit = unit
    self.scales = scales
    self.minimumUnit = minimumUnit
    self.minimums = minimums
    self.shifts = shifts
    self.codes = codes
  }

  /// A block of levels.
  static func levels(
    _ table: LevelTable, of fields: [BitField], subBlockSize: Int, unit: BitField?,
    scales: Numbers = Numbers(), minimumUnit: BitField? = nil, minimums: Numbers = Numbers()
  ) -> BlockLayout {
    BlockLayout(
      subBlockSize: subBlockSize, unit: unit, scales: scales, minimumUnit: minimumUnit,
      minimums: minimums, codes: .levels(fields, table))
  }
}

/// A number in a block, gathered from the bits of one or several pieces.
public struct BitField: Sendable, Hashable {
  private struct Piece: Hashable {
    var bit: Int
    var width: Int
  }

  private var pieces: [Piece]

  /// The number of bits.
  public var width: Int { pieces.reduce(0) { $0 + $1.width } }

  /// The `width` bits from bit `bit` of a byte on, going on in the next bytes, as in a
  /// little-endian number.
  public init(byte: Int, bit: Int = 0, width: Int) {
    pieces = [Piece(bit: 8 * byte + bit, width: width)]
  }

  /// The same with further, higher bits.
  public func followed(by higher: BitField) -> BitField {
    var field = self
    field.pieces += higher.pieces
    return field
  }

  /// Reads the number from a block.
  public func load(_ block: RawSpan) -> Int {
    var number = 0
    var shift = 0
    for piece in pieces {
      var bit = piece.bit
      let end = piece.bit + piece.width
      while bit < end {
        let count = min(end - bit, 8 - bit & 7)
        let byte = Int(block.byte(bit >> 3))
        number |= (byte >> (bit & 7) & (1 << count - 1)) << shift
        shift += count
        bit += count
      }
    }
    return number
  }

  /// Writes the number into a block; other bits stay.
  public func store(_ number: Int, into block: inout MutableRawSpan) {
    var rest = number
    for piece in pieces {
      var bit = piece.bit
      let end = piece.bit + piece.width
      while bit < end {
        let count = min(end - bit, 8 - bit & 7)
        let mask = (1 << count - 1) << (bit & 7)
        let kept = Int(block.bytes.byte(bit >> 3)) & ~mask
        block.store(
          UInt8(truncatingIfNeeded: kept | rest << (bit & 7) & mask), at: bit >> 3)
        rest >>= count
        bit += count
      }
    }
  }
}
