internal import CTensorKernels
internal import QuantCore

/// Scales in the highest bits of the signs of each sub-block.
enum PackedIQ3_XXS: PackedLattice {
  typealias Source = IQ3_XXS

  static let kernel = Int(TK_IQ3_XXS)
  static let layout = PanelLayout.iq3XXS
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func scale(of bytes: UnsafeRawPointer) -> UInt16 { bytes.word(0) }

  static func setUnitScale(_ bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: one, as: UInt16.self)
  }

  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8 {
    bytes.byte(69 + 4 * subBlock) >> 4
  }
}
