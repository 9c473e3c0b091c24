/// The blocks of a panel: sixteen rows' scales, then their codes, which any number of bits may have.
///
/// `tk_format_32` and `tk_format_256` in CTensorKernels describe the same to the C kernels.
struct PanelLayout: Sendable {
  /// How scales are stored, for sixteen rows each.
  enum Scales: Sendable {
    /// Halves.
    case half
    /// Halves, then halves that are added to every value.
    case halfAndMinimum
    /// Bytes e, for 2^(e - 128).
    case power
    /// Two times bytes: half of the 8-bit floats of `E4M3`, for 16 columns each.
    case e4m3Pair
    /// Halves; all sub-blocks have the scale 1.
    case whole
    /// Halves, then a signed byte for each of sixteen sub-blocks.
    case bytes
    /// Halves for scales, halves for minima; then six bits for each of eight scales and minima.
    case sixBitsAndMinima
    /// Halves, then six bits, less 32, for each of so many sub-blocks.
    case centredSixBits(subBlocks: Int)
    /// Halves for scales, halves for minima; then bytes with four bits for each of sixteen scales
    /// and, above, minima.
    case nibblesAndMinima
  }

  /// What the codes stand for.
  enum Levels: Sendable {
    /// The code less this.
    case less(Int)
    /// The level with this number.
    case table([Int])
  }

  /// Columns of a block.
  let blockSize: Int
  let scales: Scales
  /// Bits of a code: 1 to 6, or 8.
  let bits: Int
  let levels: Levels
  /// What the half is multiplied with, a power of two.
  let factor: Float
  /// The code of each level of a table, 128 added to the level.
  private let codes: [UInt8]

  init(blockSize: Int, scales: Scales, bits: Int, levels: Levels, factor: Float = 1) {
    self.blockSize = blockSize
    self.scales = scales
    self.bits = bits
    self.levels = levels
    self.factor = factor
    var codes: [UInt8] = []
    if case .table(let levels) = levels {
      codes = [UInt8](repeating: 0, count: 256)
      for (code, level) in levels.enumerated() { codes[level + 128] = UInt8(code) }
    }
    self.codes = codes
  }

  /// Columns with one scale.
  var subBlockSize: Int {
    switch scales {
    case .half, .halfAndMinimum, .power: 32
    case .e4m3Pair, .bytes, .nibblesAndMinima: 16
    case .whole, .sixBitsAndMinima: 32
    case .centredSixBits(let subBlocks): blockSize / subBlocks
    }
  }

  /// Whether sub-blocks have whole numbers as scales, beside the block's float.
  var isSuperBlock: Bool {
    switch scales {
    case .half, .halfAndMinimum, .power, .e4m3Pair: false
    case .whole, .bytes, .sixBitsAndMinima, .centredSixBits, .nibblesAndMinima: true
    }
  }

  /// Where the scales of sub-blocks begin.
  var numberOffset: Int {
    switch scales {
    case .half, .whole, .bytes, .centredSixBits: 32
    case .halfAndMinimum, .sixBitsAndMinima, .nibblesAndMinima: 64
    case .power, .e4m3Pair: 0
    }
  }

  /// Where the codes begin.
  var codeOffset: Int {
    switch scales {
    case .half, .halfAndMinimum, .whole: numberOffset
    case .power: 16
    case .e4m3Pair: 32
    case .bytes, .nibblesAndMinima: numberOffset + 256
    case .sixBitsAndMinima: numberOffset + 2 * 96
    case .centredSixBits(let subBlocks): numberOffset + 12 * subBlocks
    }
  }

  /// Bytes of 32 columns of codes.
  var unitBytes: Int { 64 * bits }

  /// Bytes of a block of sixteen rows.
  var byteCount: Int { codeOffset + blockSize / 32 * unitBytes }

  /// The codes of values that are levels of a table times a number, whose inverse is given.
  func storeCodes(
    of values: UnsafeBufferPointer<Float>, inverse: Float, into target: UnsafeMutableRawPointer
  ) {
    codes.withUnsafeBufferPointer { codes in
      for (index, value) in values.enumerated() {
        // To the nearest whole number: all levels are above -128.
        let level = Int(value * inverse + 128.5)
        target.storeBytes(of: codes[level], toByteOffset: index, as: UInt8.self)
      }
    }
  }

  /// The level of a code.
  func level(_ code: Int) -> Int {
    switch levels {
    case .less(let zero): code - zero
    case .table(let levels): levels[code]
    }
  }
}
