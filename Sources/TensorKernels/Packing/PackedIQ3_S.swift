internal import CTensorKernels
internal import QuantCore

/// Scales in the last four bytes.
enum PackedIQ3_S: PackedLattice {
  typealias Source = IQ3_S

  static let kernel = Int(TK_IQ3_S)
  static let layout = PanelLayout.iq3S
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func scale(of bytes: UnsafeRawPointer) -> UInt16 { bytes.word(0) }

  static func setUnitScale(_ bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: one, as: UInt16.self)
  }

  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8 {
    bytes.byte(106 + subBlock / 2) >> UInt8(4 * (subBlock % 2)) & 15
  }
}
