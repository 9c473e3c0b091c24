internal import CTensorKernels
internal import QuantCore

/// The tables that the kernels' codecs read, of which QuantCore has the only copy.
enum CodecTables {
  /// Hands the codebook of a type, if it has one, to the kernels.
  static func provide(for type: TensorType) {
    switch type {
    case .iq1S, .iq1M: iq1Provided
    case .iq2XXS: iq2XXSProvided
    case .iq2XS: iq2XSProvided
    case .iq2S: iq2SProvided
    case .iq3XXS: iq3XXSProvided
    case .iq3S: iq3SProvided
    case .iq4NL, .iq4XS: iq4Provided
    default: ()
    }
  }

  // Each is set once, by whoever comes first, before any kernel reads it.
  private static let iq4Provided: Void = tk_set_iq4_levels(immortal(IQ4_NL.levelValues))
  private static let iq1Provided: Void = provide(.iq1, as: TK_LATTICE_IQ1)
  private static let iq2XXSProvided: Void = provide(.iq2XXS, as: TK_LATTICE_IQ2_XXS)
  private static let iq2XSProvided: Void = provide(.iq2XS, as: TK_LATTICE_IQ2_XS)
  private static let iq2SProvided: Void = provide(.iq2S, as: TK_LATTICE_IQ2_S)
  private static let iq3XXSProvided: Void = provide(.iq3XXS, as: TK_LATTICE_IQ3_XXS)
  private static let iq3SProvided: Void = provide(.iq3S, as: TK_LATTICE_IQ3_S)

  private static func provide<Number: BinaryInteger>(_ tables: LatticeTables, as number: Number) {
    precondition(LatticeTables.nearCount == TK_NEAR, "as many near points as the kernels expect")
    let table = tk_lattice(
      levels: immortal(tables.levels), near: immortal(tables.near),
      numbers: immortal(tables.numbers))
    tk_set_lattice(UInt32(number), table)
  }

  /// A copy of an array that lives as long as the program.
  private static func immortal<Element>(_ array: [Element]) -> UnsafePointer<Element> {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: array.count)
    _ = copy.initialize(from: array)
    // An allocation is never empty, so there is an address.
    return UnsafePointer(copy.baseAddress.unsafelyUnwrapped)
  }
}
