internal import QuantCore

/// A packed block, read number by number.
struct PanelBlock {
  let base: UnsafeRawPointer
  let layout: PanelLayout

  /// The code of a column of a row. Of 32 columns, which are eight groups of four, come nibbles
  /// [4][16 rows][4] with groups g and g + 4, pairs of bits [2][16 rows][4] with groups 4 h to
  /// 4 h + 3, and bits [16 rows][4] with all groups: as many of these as the bits of a code make up.
  @inline(__always)
  func code(row: Int, column: Int) -> Int {
    let place = 4 * row + column % 4
    let group = column % 32 / 4
    var unit = base + layout.codeOffset + column / 32 * layout.unitBytes
    if layout.bits == 8 { return Int(unit.load(fromByteOffset: 64 * group + place, as: Int8.self)) }
    var code = 0
    if layout.bits & 4 != 0 {
      let byte = unit.load(fromByteOffset: 64 * (group % 4) + place, as: UInt8.self)
      code = Int(group < 4 ? byte & 15 : byte >> 4)
      unit += 256
    }
    if layout.bits & 2 != 0 {
      let byte = unit.load(fromByteOffset: 64 * (group / 4) + place, as: UInt8.self)
      code |= Int(byte >> UInt8(2 * (group % 4)) & 3) << (layout.bits & 4)
      unit += 128
    }
    if layout.bits & 1 != 0 {
      let byte = unit.load(fromByteOffset: place, as: UInt8.self)
      code |= Int(byte >> UInt8(group) & 1) << (layout.bits & 6)
    }
    return code
  }

  /// The block's float scale of a row; with ``PanelLayout/Scales/e4m3Pair`` that of 16 columns.
  func scale(row: Int, half: Int = 0) -> Float {
    switch layout.scales {
    case .power: Self.power(byte(0, row))
    case .e4m3Pair: Self.e4m3(byte(half, row)) * 0.5
    default: self.half(0, row) * layout.factor
    }
  }

  /// What a row's values are raised by, or what its sub-blocks' minima multiply.
  func minimum(row: Int) -> Float { half(32, row) }

  /// The whole number that multiplies the float scale in a sub-block.
  func number(row: Int, subBlock: Int) -> Int {
    switch layout.scales {
    case .bytes:
      Int(Int8(bitPattern: byte(subBlock, row)))
    case .sixBitsAndMinima: sixBits(at: 0, of: 8, row, subBlock)
    case .centredSixBits(let count): sixBits(at: 0, of: count, row, subBlock) - 32
    case .nibblesAndMinima: Int(byte(subBlock, row) & 15)
    default: 1
    }
  }

  /// The whole number of a sub-block's minimum, 0 where the layout has none.
  func minimum(row: Int, subBlock: Int) -> Int {
    switch layout.scales {
    case .sixBitsAndMinima: sixBits(at: 96, of: 8, row, subBlock)
    case .nibblesAndMinima: Int(byte(subBlock, row) >> 4)
    default: 0
    }
  }

  private func half(_ offset: Int, _ row: Int) -> Float {
    HalfPrecision.float(base.loadUnaligned(fromByteOffset: offset + 2 * row, as: UInt16.self))
  }

  /// A byte of [..][16 rows] after the halves.
  private func byte(_ index: Int, _ row: Int) -> UInt8 {
    base.load(fromByteOffset: layout.numberOffset + 16 * index + row, as: UInt8.self)
  }

  /// Six bits: the lower four of sub-blocks s and s + count / 2 in a byte, the upper two of four.
  private func sixBits(at offset: Int, of count: Int, _ row: Int, _ sub: Int) -> Int {
    let low = byte(offset / 16 + sub % (count / 2), row) >> (sub < count / 2 ? 0 : 4) & 15
    let high = byte(offset / 16 + count / 2 + sub / 4, row) >> UInt8(2 * (sub % 4)) & 3
    return Int(low | high << 4)
  }

  private static func power(_ exponent: UInt8) -> Float {
    Float(
      bitPattern: exponent < 2
        ? 0x0020_0000 << UInt32(exponent) : (UInt32(exponent) - 1) << 23)
  }

  private static func e4m3(_ bits: UInt8) -> Float {
    guard bits != 0x7F else { return 0 }
    return Float(bitPattern: UInt32(bits & 0x7F) << 20) * 0x1p120
  }
}
