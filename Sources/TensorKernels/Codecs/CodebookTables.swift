internal import CTensorKernels
internal import QuantCore

/// The codebooks that the kernels' codecs read, of which QuantCore has the only copy.
enum CodebookTables {
  /// Hands the codebook of a type, if it has one, to the kernels.
  static func provide(for type: TensorType) {
    switch type {
    case .iq1S, .iq1M: iq1
    case .iq2XXS: iq2XXS
    case .iq2XS: iq2XS
    case .iq2S: iq2S
    case .iq3XXS: iq3XXS
    case .iq3S: iq3S
    case .iq4NL, .iq4XS: iq4
    default: ()
    }
  }

  // Each is set once, by whoever comes first, before any kernel reads it.
  private static let iq1: Void = set(.iq1S, as: TK_POINTS_IQ1)
  private static let iq2XXS: Void = set(.iq2XXS, as: TK_POINTS_IQ2_XXS)
  private static let iq2XS: Void = set(.iq2XS, as: TK_POINTS_IQ2_XS)
  private static let iq2S: Void = set(.iq2S, as: TK_POINTS_IQ2_S)
  private static let iq3XXS: Void = set(.iq3XXS, as: TK_POINTS_IQ3_XXS)
  private static let iq3S: Void = set(.iq3S, as: TK_POINTS_IQ3_S)
  private static let iq4: Void = set(.iq4NL, as: TK_POINTS_IQ4)

  private static func set(_ type: TensorType, as number: some BinaryInteger) {
    guard let values = CodebookPoints.values(of: type) else { return }
    tk_set_points(UInt32(number), immortal(values))
  }

  /// A copy of an array that lives as long as the program.
  static func immortal<Element>(_ array: [Element]) -> UnsafePointer<Element> {
    let copy = UnsafeMutablePointer<Element>.allocate(capacity: array.count)
    copy.initialize(from: array, count: array.count)
    return UnsafePointer(copy)
  }
}
