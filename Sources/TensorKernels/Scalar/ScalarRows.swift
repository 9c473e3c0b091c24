extension ScalarKernels {
  static func rmsNorm(
    _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>?, _ n: Int, _ eps: Float,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let squares = laneSum(n) { $0.addingProduct(x[$1], x[$1]) }
    let factor = 1 / (squares / Float(n) + eps).squareRoot()
    for i in 0..<n {
      out[i] = x[i] * factor
      if let weight { out[i] *= weight[i] }
    }
  }

  static func add(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<n { out[i] = a[i] + b[i] }
  }

  static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<n { out[i] = a[i] * b[i] }
  }

  static func addScaled(
    _ x: UnsafePointer<Float>, _ factor: Float, _ n: Int, _ sum: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<n { sum[i] = sum[i].addingProduct(factor, x[i]) }
  }

  static func ropePairs(
    _ x: UnsafeMutablePointer<Float>, _ cosines: UnsafePointer<Float>,
    _ sines: UnsafePointer<Float>,
    _ pairs: Int
  ) {
    for i in 0..<pairs { rotate(&x[2 * i], &x[2 * i + 1], cosines[i], sines[i]) }
  }

  static func ropeHalves(
    _ x: UnsafeMutablePointer<Float>, _ cosines: UnsafePointer<Float>,
    _ sines: UnsafePointer<Float>,
    _ pairs: Int
  ) {
    for i in 0..<pairs { rotate(&x[i], &x[i + pairs], cosines[i], sines[i]) }
  }

  @inline(__always)
  private static func rotate(_ a: inout Float, _ b: inout Float, _ cosine: Float, _ sine: Float) {
    let turned = (-(b * sine)).addingProduct(a, cosine)
    b = (b * cosine).addingProduct(a, sine)
    a = turned
  }
}
