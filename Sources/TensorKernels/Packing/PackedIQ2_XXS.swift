internal import CTensorKernels
internal import QuantCore

/// Scales of 32 columns, in the highest bits of their signs.
enum PackedIQ2_XXS: PackedLattice {
  typealias Source = IQ2_XXS

  static let kernel = Int(TK_IQ2)
  static let layout = PanelLayout.iq2
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func scale(of bytes: UnsafeRawPointer) -> UInt16 { bytes.word(0) }

  static func setUnitScale(_ bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: one, as: UInt16.self)
  }

  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8 {
    bytes.byte(9 + 8 * (subBlock / 2)) >> 4
  }
}
