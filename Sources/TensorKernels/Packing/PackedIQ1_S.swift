internal import CTensorKernels
internal import QuantCore

/// Scales of 32 columns, in bits 14 to 12 of the words of upper bits.
enum PackedIQ1_S: PackedLattice {
  typealias Source = IQ1_S

  static let kernel = Int(TK_IQ1)
  static let layout = PanelLayout.iq1
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func scale(of bytes: UnsafeRawPointer) -> UInt16 { bytes.word(0) }

  static func setUnitScale(_ bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: one, as: UInt16.self)
  }

  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8 {
    bytes.byte(35 + 2 * (subBlock / 2)) >> 4 & 7
  }
}
