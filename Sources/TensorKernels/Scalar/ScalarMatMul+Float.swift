internal import CTensorKernels
internal import QuantCore

extension ScalarKernels {
  static func matmulF32(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let weights = panels.assumingMemoryBound(to: Float.self)
    matmulFloat(panelCount, x.pointee, tokens, out, outStride) { weights[$0] }
  }

  static func matmulF16(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let weights = panels.assumingMemoryBound(to: UInt16.self)
    matmulFloat(panelCount, x.pointee, tokens, out, outStride) { HalfPrecision.float(weights[$0]) }
  }

  static func matmulBF16(
    _ panels: UnsafeRawPointer, _ panelCount: Int, _ x: UnsafePointer<tk_activations>,
    _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let pairs = panels.assumingMemoryBound(to: UInt32.self)
    let (x, panelPairs) = (x.pointee, (x.pointee.k + 1) / 2 * rows)
    guard let values = x.values else { return }
    for token in 0..<tokens {
      let rounded = (0..<x.k).map { k in
        let bits = BFloat16.bits(values[token * x.values_stride + k])
        return Float(bitPattern: PackedBF16.counting(UInt32(bits)) << 16)
      }
      for panel in 0..<panelCount {
        for row in 0..<rows {
          var sum: Float = 0
          for start in stride(from: 0, to: x.k, by: 256) {
            var run: Float = 0
            for k in stride(from: start, to: min(start + 256, x.k), by: 2) {
              let pair = pairs[panel * panelPairs + k / 2 * rows + row]
              let second = k + 1 < x.k ? rounded[k + 1] : 0
              run = run.addingProduct(Float(bitPattern: pair & 0xFFFF_0000), second)
              run = run.addingProduct(Float(bitPattern: pair << 16), rounded[k])
            }
            sum += run
          }
          out[token * outStride + rows * panel + row] = sum
        }
      }
    }
  }

  /// Products with weights in [panel][k][row] order.
  @inline(__always)
  private static func matmulFloat(
    _ panelCount: Int, _ x: tk_activations, _ tokens: Int, _ out: UnsafeMutablePointer<Float>,
    _ outStride: Int, weight: (Int) -> Float
  ) {
    guard let values = x.values else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows) { run in
      for panel in 0..<panelCount {
        for token in 0..<tokens {
          let sums = out + token * outStride + rows * panel
          sums.update(repeating: 0, count: rows)
          for start in stride(from: 0, to: x.k, by: 256) {
            run.initialize(repeating: 0)
            for k in start..<min(start + 256, x.k) {
              let value = values[token * x.values_stride + k]
              let first = (panel * x.k + k) * rows
              for row in 0..<rows {
                run[row] = run[row].addingProduct(weight(first + row), value)
              }
            }
            for row in 0..<rows { sums[row] += run[row] }
          }
        }
      }
    }
  }
}
