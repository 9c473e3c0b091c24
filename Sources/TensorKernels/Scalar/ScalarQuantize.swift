extension ScalarKernels {
  static func quantize32(
    _ x: UnsafePointer<Float>, _ n: Int, _ codes: UnsafeMutablePointer<Int8>,
    _ scales: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Int16>
  ) {
    quantize(x, n, codes, scales, sums, block: 32)
  }

  static func quantize256(
    _ x: UnsafePointer<Float>, _ n: Int, _ codes: UnsafeMutablePointer<Int8>,
    _ scales: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Int16>
  ) {
    quantize(x, n, codes, scales, sums, block: 256)
  }

  @inline(__always)
  private static func quantize(
    _ x: UnsafePointer<Float>, _ n: Int, _ codes: UnsafeMutablePointer<Int8>,
    _ scales: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Int16>, block: Int
  ) {
    for start in stride(from: 0, to: n, by: block) {
      // The bits of magnitudes order like the magnitudes, with infinities and NaNs at the end.
      var bits: UInt32 = 0
      for i in start..<start + block { bits = max(bits, x[i].bitPattern & 0x7FFF_FFFF) }
      let largest = Float(bitPattern: bits)

      var inverse: Float = 0
      if !largest.isFinite {
        scales[start / block] = .nan
      } else if largest < 0x1p-120 {
        scales[start / block] = 0
      } else {
        scales[start / block] = largest / 127
        inverse = 127 / largest
      }
      for group in stride(from: start, to: start + block, by: 16) {
        var sum: Int16 = 0
        for i in group..<group + 16 {
          let code = inverse == 0 ? 0 : Int8((x[i] * inverse).rounded(.toNearestOrEven))
          codes[i] = code
          sum += Int16(code)
        }
        sums[group / 16] = sum
      }
    }
  }
}
