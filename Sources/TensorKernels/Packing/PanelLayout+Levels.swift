// The layouts that several types share, and the levels of codes that are not linear.

extension PanelLayout.Levels {
  /// The levels of IQ4_NL and IQ4_XS.
  static let iq4 = Self.table([
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ])

  /// 4-bit floats with 2 exponent bits, doubled.
  static let e2m1 = Self.table([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12])

  /// Magnitudes with signs, rising.
  private static func signed(_ magnitudes: [Int]) -> Self {
    .table(magnitudes.reversed().map { -$0 } + magnitudes)
  }

  static let iq3S = signed([1, 3, 5, 7, 9, 11, 13, 15])
  static let iq3XXS = signed([4, 12, 20, 28, 36, 44, 52, 62])
  static let iq2 = signed([8, 25, 43])
  /// Eight times -1, 0 and 1, with the shift of 1/8 up or down.
  static let iq1 = signed([1, 7, 9])
}

extension PanelLayout {
  static let iq3S = PanelLayout(
    blockSize: 256, scales: .centredSixBits(subBlocks: 8), bits: 4, levels: .iq3S)
  static let iq3XXS = PanelLayout(
    blockSize: 256, scales: .centredSixBits(subBlocks: 8), bits: 4, levels: .iq3XXS, factor: 0.25)
  static let iq2 = PanelLayout(
    blockSize: 256, scales: .centredSixBits(subBlocks: 16), bits: 3, levels: .iq2, factor: 0.125)
  static let iq1 = PanelLayout(
    blockSize: 256, scales: .centredSixBits(subBlocks: 16), bits: 3, levels: .iq1, factor: 0.125)
  static let ternary = PanelLayout(
    blockSize: 256, scales: .whole, bits: 2, levels: .less(1))
}
