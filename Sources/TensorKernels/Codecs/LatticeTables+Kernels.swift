internal import CTensorKernels
internal import QuantCore

extension LatticeTables {
  /// Hands the codebook of a type, if it has one, to the kernels.
  static func provide(for type: TensorType) {
    switch type {
    case .iq1S, .iq1M: iq1Provided
    case .iq2XXS: iq2XXSProvided
    case .iq2XS: iq2XSProvided
    case .iq2S: iq2SProvided
    case .iq3XXS: iq3XXSProvided
    case .iq3S: iq3SProvided
    default: ()
    }
  }

  // Each is set once, by whoever comes first, before any kernel reads it.
  private static let iq1Provided: Void = iq1.provide(as: TK_LATTICE_IQ1)
  private static let iq2XXSProvided: Void = iq2XXS.provide(as: TK_LATTICE_IQ2_XXS)
  private static let iq2XSProvided: Void = iq2XS.provide(as: TK_LATTICE_IQ2_XS)
  private static let iq2SProvided: Void = iq2S.provide(as: TK_LATTICE_IQ2_S)
  private static let iq3XXSProvided: Void = iq3XXS.provide(as: TK_LATTICE_IQ3_XXS)
  private static let iq3SProvided: Void = iq3S.provide(as: TK_LATTICE_IQ3_S)

  private func provide<Number: BinaryInteger>(as number: Number) {
    precondition(Self.nearCount == TK_NEAR, "as many near points as the kernels expect")
    let table = tk_lattice(
      levels: Self.immortal(levels), near: Self.immortal(near), numbers: Self.immortal(numbers))
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
