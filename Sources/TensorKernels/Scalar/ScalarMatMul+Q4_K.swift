internal import CTensorKernels

extension ScalarKernels {
  static func matmulQ4_K(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    matmulBlocks(
      panels, panelCount, x.pointee, tokens, out, outStride, block: 256, bytes: 2304,
      unpack: { block, codes in
        for sub in 0..<8 {
          unpackNibbles(block + 256 + 256 * sub, zero: 0, codes, block: 256, column: 32 * sub)
        }
      },
      accumulate: { sum, block, row, codes, token in
        var product: Int32 = 0
        var offset: Int32 = 0
        for sub in 0..<8 {
          product &+=
            Int32(sixBits(block + 64, sub, row))
            &* dot(codes + 32 * sub, token.codes + 32 * sub, 32)
          offset &+=
            Int32(sixBits(block + 160, sub, row))
            &* (Int32(token.sums[2 * sub]) &+ Int32(token.sums[2 * sub + 1]))
        }
        return sum.addingProduct(half(block, 0, row) * token.scale, Float(product))
          .addingProduct(-(half(block, 32, row) * token.scale), Float(offset))
      })
  }

  /// A sub-scale or sub-minimum of a Q4_K block: 64 bytes of low nibbles, then 32 bytes with the
  /// upper two bits.
  @inline(__always)
  static func sixBits(_ bytes: UnsafeRawPointer, _ sub: Int, _ row: Int) -> UInt8 {
    let low = bytes.load(fromByteOffset: sub % 4 * rows + row, as: UInt8.self)
    let high = bytes.load(fromByteOffset: 64 + sub / 4 * rows + row, as: UInt8.self)
    return (low >> UInt8(sub / 4 * 4)) & 15 | (high >> UInt8(2 * (sub % 4)) & 3) << 4
  }
}
