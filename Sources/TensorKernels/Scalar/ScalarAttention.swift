internal import CTensorKernels
internal import QuantCore

extension ScalarKernels {
  static func scores(
    _ type: CacheType, _ q: UnsafePointer<Float>, _ columns: Int, _ keys: UnsafeRawPointer,
    _ dim: Int, _ count: Int, _ scores: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    for column in 0..<columns {
      let query = q + column * dim
      for j in 0..<count {
        scores[column * stride + j] = laneSum(dim) {
          $0.addingProduct(query[$1], type.element(j * dim + $1, of: keys))
        }
      }
    }
  }

  static func soften(
    _ scores: UnsafeMutablePointer<Float>, _ stride: Int, _ columns: Int,
    _ ranges: UnsafePointer<tk_range>, _ softcap: Float, _ shares: UnsafeMutablePointer<tk_share>
  ) {
    for column in 0..<columns {
      let (x, first, last) = (
        scores + column * stride, Int(ranges[column].first), Int(ranges[column].last)
      )
      var largest = -Float.infinity
      guard first < last else {
        shares[column] = tk_share(largest: largest, sum: 0)
        continue
      }
      let start = first / lanes * lanes
      let end = last.rounded(upTo: lanes)
      for i in start..<end {
        if softcap > 0 { x[i] = self.softcap(x[i], softcap) }
        if i < first || i >= last { x[i] = -.infinity }
        largest = x[i] > largest ? x[i] : largest
      }
      largest += 0  // of two zeros the positive one
      for i in start..<end { x[i] = exp(x[i] - largest) }
      let sum = laneSum(end - start) { $0 + x[start + $1] }
      shares[column] = tk_share(largest: largest, sum: sum)
    }
  }

  static func mix(
    _ type: CacheType, _ weights: UnsafePointer<Float>, _ stride: Int, _ columns: Int,
    _ ranges: UnsafePointer<tk_range>, _ values: UnsafeRawPointer, _ row: Int, _ dim: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    for column in 0..<columns {
      let (result, weights) = (out + column * dim, weights + column * stride)
      result.update(repeating: 0, count: dim)
      var j = Int(ranges[column].first)
      while j < ranges[column].last {
        for d in 0..<dim {
          result[d] = result[d].addingProduct(weights[j], type.element(j * row + d, of: values))
        }
        j += 1
      }
    }
  }

  static func merge(
    _ sums: UnsafeMutablePointer<Float>, _ totals: UnsafeMutablePointer<tk_share>,
    _ tile: UnsafePointer<Float>, _ parts: UnsafePointer<tk_share>, _ columns: Int, _ dim: Int
  ) {
    for column in 0..<columns where parts[column].sum != 0 {
      let (total, part) = (totals[column], parts[column])
      let largest = part.largest > total.largest ? part.largest : total.largest
      let (old, new) = (exp(total.largest - largest), exp(part.largest - largest))
      totals[column] = tk_share(
        largest: largest, sum: (total.sum * old).addingProduct(part.sum, new))
      for i in column * dim..<(column + 1) * dim {
        sums[i] = (sums[i] * old).addingProduct(tile[i], new)
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

extension CacheType {
  /// An element of vectors that lie one after the other.
  fileprivate func element(_ index: Int, of bytes: UnsafeRawPointer) -> Float {
    let block = bytes + index / tensorType.blockSize * tensorType.blockBytes
    let half = { block.loadUnaligned(as: UInt16.self) }
    switch self {
    case .f32: return block.loadUnaligned(as: Float.self)
    case .f16: return HalfPrecision.float(half())
    case .bf16: return BFloat16.float(half())
    case .q8_0:
      let code = block.load(fromByteOffset: 2 + index % 32, as: Int8.self)
      return HalfPrecision.float(half()) * Float(code)
    case .q4_0:
      let pair = block.load(fromByteOffset: 2 + index % 16, as: UInt8.self)
      let code = index % 32 < 16 ? pair & 15 : pair >> 4
      return HalfPrecision.float(half()) * Float(Int(code) - 8)
    }
  }
}
