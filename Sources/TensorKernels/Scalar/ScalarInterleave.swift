extension ScalarKernels {
  /// `interleave`: codes `[16][k]`, one to a byte, to `k / 32` units of a panel.
  static func interleave(
    _ codes: UnsafePointer<UInt8>, _ k: Int, _ bits: Int32, _ units: UnsafeMutablePointer<UInt8>
  ) {
    let bits = Int(bits)
    for row in 0..<rows {
      for index in 0..<k / 32 {
        let unit = UnsafeRawPointer(codes + row * k + 32 * index)
        interleaveRow(
          unit, bits, into: UnsafeMutableRawPointer(units + 64 * bits * index + 4 * row))
      }
    }
  }

  /// 32 codes of a row, four to a word.
  private static func interleaveRow(
    _ codes: UnsafeRawPointer, _ bits: Int, into out: UnsafeMutableRawPointer
  ) {
    var out = out
    func group(_ g: Int) -> UInt32 { codes.loadUnaligned(fromByteOffset: 4 * g, as: UInt32.self) }
    if bits == 8 {
      for g in 0..<8 { out.storeBytes(of: group(g), toByteOffset: 64 * g, as: UInt32.self) }
      return
    }
    if bits & 4 != 0 {
      for g in 0..<4 {
        let nibbles = group(g) & 0x0F0F_0F0F | (group(g + 4) & 0x0F0F_0F0F) << 4
        out.storeBytes(of: nibbles, toByteOffset: 64 * g, as: UInt32.self)
      }
      out += 256
    }
    if bits & 2 != 0 {
      let from = UInt32(bits & 4)
      for half in 0..<2 {
        var pairs: UInt32 = 0
        for g in 0..<4 { pairs |= (group(4 * half + g) >> from & 0x0303_0303) << UInt32(2 * g) }
        out.storeBytes(of: pairs, toByteOffset: 64 * half, as: UInt32.self)
      }
      out += 128
    }
    if bits & 1 != 0 {
      let from = UInt32(bits & 6)
      var single: UInt32 = 0
      for g in 0..<8 { single |= (group(g) >> from & 0x0101_0101) << UInt32(g) }
      out.storeBytes(of: single, as: UInt32.self)
    }
  }
}
