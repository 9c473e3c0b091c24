internal import CTensorKernels

extension ScalarKernels {
  static func matmulQ8_0(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    matmulBlocks(
      panels, panelCount, x.pointee, tokens, out, outStride, block: 32, bytes: 544,
      unpack: { block, codes in
        for group in 0..<8 {
          for row in 0..<rows {
            for i in 0..<4 {
              let offset = 32 + (group * rows + row) * 4 + i
              codes[row * 32 + 4 * group + i] = block.load(fromByteOffset: offset, as: Int8.self)
            }
          }
        }
      },
      accumulate: { sum, block, row, codes, token in
        sum.addingProduct(
          half(block, 0, row) * token.scale, Float(dot(codes, token.codes, 32)))
      })
  }
}
