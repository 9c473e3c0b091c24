internal import CTensorKernels
internal import QuantCore

/// Scales in the last eight bytes.
enum PackedIQ2_XS: PackedLattice {
  typealias Source = IQ2_XS

  static let kernel = Int(TK_IQ2)
  static let layout = PanelLayout.iq2
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func scale(of bytes: UnsafeRawPointer) -> UInt16 { bytes.word(0) }

  static func setUnitScale(_ bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: one, as: UInt16.self)
  }

  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8 {
    bytes.byte(66 + subBlock / 2) >> UInt8(4 * (subBlock % 2)) & 15
  }
}
