internal import QuantCore

extension ScalarKernels {
  static func scoresF32(
    _ q: UnsafePointer<Float>, _ heads: Int, _ keys: UnsafeRawPointer, _ dim: Int, _ count: Int,
    _ scale: Float, _ scores: UnsafeMutablePointer<Float>, _ scoresStride: Int
  ) {
    let keys = keys.assumingMemoryBound(to: Float.self)
    attend(q, heads, dim, count, scale, scores, scoresStride) { keys[$0] }
  }

  static func scoresF16(
    _ q: UnsafePointer<Float>, _ heads: Int, _ keys: UnsafeRawPointer, _ dim: Int, _ count: Int,
    _ scale: Float, _ scores: UnsafeMutablePointer<Float>, _ scoresStride: Int
  ) {
    let keys = keys.assumingMemoryBound(to: UInt16.self)
    attend(q, heads, dim, count, scale, scores, scoresStride) { HalfPrecision.float(keys[$0]) }
  }

  static func scoresBF16(
    _ q: UnsafePointer<Float>, _ heads: Int, _ keys: UnsafeRawPointer, _ dim: Int, _ count: Int,
    _ scale: Float, _ scores: UnsafeMutablePointer<Float>, _ scoresStride: Int
  ) {
    let keys = keys.assumingMemoryBound(to: UInt16.self)
    attend(q, heads, dim, count, scale, scores, scoresStride) { BFloat16.float(keys[$0]) }
  }

  @inline(__always)
  private static func attend(
    _ q: UnsafePointer<Float>, _ heads: Int, _ dim: Int, _ count: Int, _ scale: Float,
    _ scores: UnsafeMutablePointer<Float>, _ stride: Int, key: (Int) -> Float
  ) {
    for head in 0..<heads {
      let query = q + head * dim
      for j in 0..<count {
        let sum = laneSum(dim) { $0.addingProduct(query[$1], key(j * dim + $1)) }
        scores[head * stride + j] = scale * sum
      }
    }
  }

  static func mixF32(
    _ probabilities: UnsafePointer<Float>, _ stride: Int, _ heads: Int, _ values: UnsafeRawPointer,
    _ dim: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let values = values.assumingMemoryBound(to: Float.self)
    mix(probabilities, stride, heads, dim, count, out) { values[$0] }
  }

  static func mixF16(
    _ probabilities: UnsafePointer<Float>, _ stride: Int, _ heads: Int, _ values: UnsafeRawPointer,
    _ dim: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let values = values.assumingMemoryBound(to: UInt16.self)
    mix(probabilities, stride, heads, dim, count, out) { HalfPrecision.float(values[$0]) }
  }

  static func mixBF16(
    _ probabilities: UnsafePointer<Float>, _ stride: Int, _ heads: Int, _ values: UnsafeRawPointer,
    _ dim: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let values = values.assumingMemoryBound(to: UInt16.self)
    mix(probabilities, stride, heads, dim, count, out) { BFloat16.float(values[$0]) }
  }

  @inline(__always)
  private static func mix(
    _ probabilities: UnsafePointer<Float>, _ stride: Int, _ heads: Int, _ dim: Int, _ count: Int,
    _ out: UnsafeMutablePointer<Float>, value: (Int) -> Float
  ) {
    for head in 0..<heads {
      let result = out + head * dim
      result.update(repeating: 0, count: dim)
      for j in 0..<count {
        let probability = probabilities[head * stride + j]
        for d in 0..<dim { result[d] = result[d].addingProduct(probability, value(j * dim + d)) }
      }
    }
  }

  static func storeF32(_ x: UnsafePointer<Float>, _ n: Int, _ out: UnsafeMutableRawPointer) {
    out.copyMemory(from: x, byteCount: n * MemoryLayout<Float>.stride)
  }

  static func storeF16(_ x: UnsafePointer<Float>, _ n: Int, _ out: UnsafeMutableRawPointer) {
    let out = out.assumingMemoryBound(to: UInt16.self)
    for i in 0..<n { out[i] = HalfPrecision.bits(x[i]) }
  }

  static func storeBF16(_ x: UnsafePointer<Float>, _ n: Int, _ out: UnsafeMutableRawPointer) {
    let out = out.assumingMemoryBound(to: UInt16.self)
    for i in 0..<n { out[i] = BFloat16.bits(x[i]) }
  }
}
