internal import CTensorKernels
internal import QuantCore

extension CodebookTables {
  /// Hands the tables that the encoder of a type looks points up in, if it does, to the kernels.
  static func provideNear(for type: TensorType) {
    switch type {
    case .iq1S, .iq1M: iq1Near
    case .iq2XXS: iq2XXSNear
    case .iq2XS: iq2XSNear
    case .iq2S: iq2SNear
    case .iq3XXS: iq3XXSNear
    case .iq3S: iq3SNear
    default: ()
    }
  }

  // Each is set once, by whoever comes first, before any kernel reads it.
  private static let iq1Near: Void = set(.iq1, as: TK_POINTS_IQ1)
  private static let iq2XXSNear: Void = set(.iq2XXS, as: TK_POINTS_IQ2_XXS)
  private static let iq2XSNear: Void = set(.iq2XS, as: TK_POINTS_IQ2_XS)
  private static let iq2SNear: Void = set(.iq2S, as: TK_POINTS_IQ2_S)
  private static let iq3XXSNear: Void = set(.iq3XXS, as: TK_POINTS_IQ3_XXS)
  private static let iq3SNear: Void = set(.iq3S, as: TK_POINTS_IQ3_S)

  private static func set(_ tables: LatticeTables, as number: some BinaryInteger) {
    precondition(LatticeTables.nearCount == TK_NEAR, "as many near points as the kernels expect")
    tk_set_lattice(
      UInt32(number),
      tk_lattice(
        levels: immortal(tables.levels), near: immortal(tables.near),
        numbers: immortal(tables.numbers)))
  }
}
