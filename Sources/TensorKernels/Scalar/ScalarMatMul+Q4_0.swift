internal import CTensorKernels

extension ScalarKernels {
  static func matmulQ4_0(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    matmulBlocks(
      panels, panelCount, x.pointee, tokens, out, outStride, block: 32, bytes: 288,
      unpack: { block, codes in unpackNibbles(block + 32, zero: 8, codes, block: 32, column: 0) },
      accumulate: { sum, block, row, codes, token in
        sum.addingProduct(
          half(block, 0, row) * token.scale, Float(dot(codes, token.codes, 32)))
      })
  }
}
