internal import CTensorKernels

extension ScalarKernels {
  /// Products with weights in blocks.
  static func multiply(
    _ layout: PanelLayout, _ panels: UnsafeRawPointer, _ panelCount: Int,
    _ x: UnsafePointer<tk_activations>, _ tokens: Int, _ out: UnsafeMutablePointer<Float>,
    _ outStride: Int
  ) {
    let size = layout.blockSize
    let blocks = x.pointee.k / size
    // The block's levels, [16 rows][size].
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: rows * size) { levels in
      for panel in 0..<panelCount {
        for token in 0..<tokens {
          (out + token * outStride + rows * panel).update(repeating: 0, count: rows)
        }
        for index in 0..<blocks {
          let block = PanelBlock(
            base: panels + (panel * blocks + index) * layout.byteCount, layout: layout)
          for row in 0..<rows {
            for column in 0..<size {
              let level = layout.level(block.code(row: row, column: column))
              levels[row * size + column] = Int8(truncatingIfNeeded: level)
            }
            let weights = Array(levels[row * size..<(row + 1) * size])
            let product = BlockProduct(block: block, row: row, levels: weights)
            for token in 0..<tokens {
              out[token * outStride + rows * panel + row] = product.added(
                to: out[token * outStride + rows * panel + row],
                TokenBlock(x.pointee, token: token, column: index * size, layout: layout))
            }
          }
        }
      }
    }
  }

  /// One token's part of a block.
  private struct TokenBlock {
    let codes: UnsafePointer<Int8>
    /// Of 16 codes each.
    let sums: UnsafePointer<Int16>
    /// One for each 32 columns, or for the block.
    let scales: UnsafePointer<Float>

    init(_ x: tk_activations, token: Int, column: Int, layout: PanelLayout) {
      guard let codes = x.codes, let sums = x.sums, let scales = x.scales else {
        preconditionFailure("weights in blocks take quantized tokens")
      }
      let first = token * x.k + column
      self.codes = codes + first
      self.sums = sums + first / 16
      self.scales = scales + first / (layout.isSuperBlock ? layout.blockSize : 32)
    }
  }

  /// A row of a block, to be multiplied with tokens.
  private struct BlockProduct {
    let block: PanelBlock
    let row: Int
    let levels: [Int8]

    /// The sum plus the block's product with a token.
    func added(to sum: Float, _ token: TokenBlock) -> Float {
      block.layout.isSuperBlock ? addedWhole(to: sum, token) : addedSubBlocks(to: sum, token)
    }

    /// Whole numbers until the end of the block.
    private func addedWhole(to sum: Float, _ token: TokenBlock) -> Float {
      let layout = block.layout
      let size = layout.subBlockSize
      var product: Int32 = 0
      var offset: Int32 = 0
      for sub in 0..<layout.blockSize / size {
        product &+=
          Int32(block.number(row: row, subBlock: sub)) &* dot(size * sub, size, token)
        offset &+=
          Int32(block.minimum(row: row, subBlock: sub)) &* codeSum(size * sub, size, token)
      }
      let scale = token.scales[0]
      let result = sum.addingProduct(block.scale(row: row) * scale, Float(product))
      switch layout.scales {
      case .sixBitsAndMinima, .nibblesAndMinima:
        return result.addingProduct(-(block.minimum(row: row) * scale), Float(offset))
      default: return result
      }
    }

    /// A float scale for each sub-block.
    private func addedSubBlocks(to sum: Float, _ token: TokenBlock) -> Float {
      let layout = block.layout
      let size = layout.subBlockSize
      var result = sum
      for start in stride(from: 0, to: layout.blockSize, by: size) {
        let scale = token.scales[start / 32]
        let weight = block.scale(row: row, half: start % 32 / 16)
        result.addProduct(weight * scale, Float(dot(start, size, token)))
        if case .halfAndMinimum = layout.scales {
          result.addProduct(
            block.minimum(row: row) * scale, Float(codeSum(start, size, token)))
        }
      }
      return result
    }

    /// The exact product of `count` levels with the token's codes.
    private func dot(_ start: Int, _ count: Int, _ token: TokenBlock) -> Int32 {
      levels.withUnsafeBufferPointer { levels in
        var sum: Int32 = 0
        for i in start..<start + count { sum &+= Int32(levels[i]) &* Int32(token.codes[i]) }
        return sum
      }
    }

    /// The sum of `count` of the token's codes, a multiple of sixteen.
    private func codeSum(_ start: Int, _ count: Int, _ token: TokenBlock) -> Int32 {
      (start / 16..<(start + count) / 16).reduce(0) { $0 &+ Int32(token.sums[$1]) }
    }
  }
}
