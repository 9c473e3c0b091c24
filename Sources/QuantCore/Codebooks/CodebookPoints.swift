/// The values that the formats with codebooks look up, for codecs outside of this module.
package enum CodebookPoints {
  /// The values of a type's points, or of its levels, in the order of their numbers, point after
  /// point; `nil` for a type without a codebook.
  package static func values(of type: TensorType) -> [Int8]? {
    switch type {
    case .iq1S, .iq1M: values(IQ1Codebook.lattice)
    case .iq2XXS: values(IQ2XXSCodebook.lattice)
    case .iq2XS: values(IQ2XSCodebook.lattice)
    case .iq2S: values(IQ2SCodebook.lattice)
    case .iq3XXS: values(IQ3XXSCodebook.lattice)
    case .iq3S: values(IQ3SCodebook.lattice)
    case .iq4NL, .iq4XS: IQ4_NL.levels.levels.map { Int8($0) }
    default: nil
    }
  }

  private static func values<Point>(_ codebook: LatticeCodebook<Point>) -> [Int8] {
    codebook.points.flatMap { point in point.indices.map { Int8(point[$0]) } }
  }
}
