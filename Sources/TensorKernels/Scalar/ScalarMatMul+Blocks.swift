internal import CTensorKernels
internal import QuantCore

extension ScalarKernels {
  /// The codes of one block of a panel, row by row.
  typealias BlockCodes = UnsafeMutableBufferPointer<Int8>

  /// One token's part of a block.
  struct TokenBlock {
    let codes: UnsafePointer<Int8>
    let sums: UnsafePointer<Int16>
    let scale: Float
  }

  /// Products with weights in blocks: `unpack` turns a block into its codes, [16 rows][block], and
  /// `accumulate` adds the block's product with one token to the sum of a row.
  @inline(__always)
  static func matmulBlocks(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: tk_activations, _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int, block: Int, bytes: Int,
    unpack: (UnsafeRawPointer, BlockCodes) -> Void,
    accumulate: (Float, UnsafeRawPointer, _ row: Int, UnsafePointer<Int8>, TokenBlock) -> Float
  ) {
    guard let activations = x.codes, let scales = x.scales, let sums = x.sums else { return }
    let blocks = x.k / block
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: rows * block) { weights in
      guard let weightCodes = weights.baseAddress else { return }
      for panel in 0..<panelCount {
        for token in 0..<tokens {
          (out + token * outStride + rows * panel).update(repeating: 0, count: rows)
        }
        for index in 0..<blocks {
          let source = panels + (panel * blocks + index) * bytes
          unpack(source, weights)
          for token in 0..<tokens {
            let tokenBlock = TokenBlock(
              codes: activations + token * x.k + index * block,
              sums: sums + (token * x.k + index * block) / 16,
              scale: scales[token * blocks + index])
            let results = out + token * outStride + rows * panel
            for row in 0..<rows {
              results[row] = accumulate(
                results[row], source, row, UnsafePointer(weightCodes + row * block), tokenBlock)
            }
          }
        }
      }
    }
  }

  /// The half of `row` in an f16[16] at `offset` of a block.
  @inline(__always)
  static func half(_ block: UnsafeRawPointer, _ offset: Int, _ row: Int) -> Float {
    HalfPrecision.float(block.loadUnaligned(fromByteOffset: offset + 2 * row, as: UInt16.self))
  }

  /// The exact product of `count` codes.
  @inline(__always)
  static func dot(_ a: UnsafePointer<Int8>, _ b: UnsafePointer<Int8>, _ count: Int) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum &+= Int32(a[i]) &* Int32(b[i]) }
    return sum
  }

  /// Writes the nibbles of 32 k, less `zero`, to columns `column` and on of `codes`
  /// ([16 rows][block]).
  @inline(__always)
  static func unpackNibbles(
    _ nibbles: UnsafeRawPointer, zero: Int8, _ codes: BlockCodes, block: Int, column: Int
  ) {
    for group in 0..<4 {
      for row in 0..<rows {
        for i in 0..<4 {
          let byte = nibbles.load(fromByteOffset: (group * rows + row) * 4 + i, as: UInt8.self)
          let target = row * block + column + 4 * group + i
          codes[target] = Int8(byte & 15) &- zero
          codes[target + 16] = Int8(byte >> 4) &- zero
        }
      }
    }
  }
}
