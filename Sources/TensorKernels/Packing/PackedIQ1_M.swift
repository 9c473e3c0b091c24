internal import CTensorKernels
internal import QuantCore

/// Four words at the end hold four scales of 3 bits each, and above them four bits of d.
enum PackedIQ1_M: PackedLattice {
  typealias Source = IQ1_M

  static let kernel = Int(TK_IQ1)
  static let layout = PanelLayout.iq1
  static let scalar: tk_matmul_fn = { ScalarKernels.multiply(layout, $0, $1, $2, $3, $4, $5) }

  static func scale(of bytes: UnsafeRawPointer) -> UInt16 {
    (0..<4).reduce(0) { $0 | (bytes.word(48 + 2 * $1) >> 12) << UInt16(4 * $1) }
  }

  static func setUnitScale(_ bytes: UnsafeMutableRawPointer) {
    for i in 0..<4 {
      let word = UnsafeRawPointer(bytes).word(48 + 2 * i) & 0x0FFF
      let digit = (one >> UInt16(4 * i)) << 12
      bytes.storeBytes(of: word | digit, toByteOffset: 48 + 2 * i, as: UInt16.self)
    }
  }

  static func number(_ subBlock: Int, of bytes: UnsafeRawPointer) -> UInt8 {
    UInt8(bytes.word(48 + 2 * (subBlock / 4)) >> UInt16(3 * (subBlock % 4)) & 7)
  }
}
