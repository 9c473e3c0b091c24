internal import CTensorKernels

extension ScalarKernels {
  static func matmulQ6_K(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    matmulBlocks(
      panels, panelCount, x.pointee, tokens, out, outStride, block: 256, bytes: 3360,
      unpack: { block, codes in
        for unit in 0..<8 {
          let bytes = block + 288 + 384 * unit
          unpackNibbles(bytes, zero: 32, codes, block: 256, column: 32 * unit)
          addUpperBits(bytes + 256, codes, column: 32 * unit)
        }
      },
      accumulate: { sum, block, row, codes, token in
        var product: Int32 = 0
        for sub in 0..<16 {
          let scale = block.load(fromByteOffset: 32 + sub * rows + row, as: Int8.self)
          product &+= Int32(scale) &* dot(codes + 16 * sub, token.codes + 16 * sub, 16)
        }
        return sum.addingProduct(half(block, 0, row) * token.scale, Float(product))
      })
  }

  /// Adds the upper two bits of 32 k of a Q6_K block to its codes.
  @inline(__always)
  private static func addUpperBits(_ bytes: UnsafeRawPointer, _ codes: BlockCodes, column: Int) {
    for half in 0..<2 {
      for row in 0..<rows {
        for i in 0..<4 {
          let byte = bytes.load(fromByteOffset: (half * rows + row) * 4 + i, as: UInt8.self)
          for group in 0..<4 {
            codes[row * 256 + column + 16 * half + 4 * group + i] &+=
              Int8(byte >> UInt8(2 * group) & 3) << 4
          }
        }
      }
    }
  }
}
