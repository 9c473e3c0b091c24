internal import CTensorKernels
internal import QuantCore

extension KernelSet {
  /// The matrix product for weights in a packed format.
  func matmul(_ format: any PackedFormat.Type) -> tk_matmul_fn {
    table.pointee.matmul[format.kernel]
  }

  /// How the matrix product for a packed format wants many tokens; nil where it takes them as they are.
  func arrangement(_ format: any PackedFormat.Type) -> tk_arrangement? {
    table.pointee.arrangements?[format.kernel]
  }

  /// The products of queries with cached keys that lie one after the other.
  func scores(_ type: CacheType) -> tk_scores_fn {
    let functions = table.pointee.scores
    return switch type {
    case .f32: functions.0
    case .f16: functions.1
    case .bf16: functions.2
    case .q8_0: functions.3
    case .q4_0: functions.4
    }
  }

  /// The sums of cached values weighted with what the softmax gives.
  func mix(_ type: CacheType) -> tk_mix_fn {
    let functions = table.pointee.mix
    return switch type {
    case .f32: functions.0
    case .f16: functions.1
    case .bf16: functions.2
    case .q8_0: functions.3
    case .q4_0: functions.4
    }
  }

  /// Stores `count` floats and zeros up to `padded`, which is whole blocks, as cached elements.
  func store(
    _ vector: UnsafePointer<Float>, count: Int, padded: Int, as type: CacheType,
    at place: UnsafeMutableRawPointer
  ) {
    let stores = table.pointee.store
    switch type {
    case .f32: stores.0(vector, count, place)
    case .f16: stores.1(vector, count, place)
    case .bf16: stores.2(vector, count, place)
    case .q8_0, .q4_0:
      guard count < padded else {
        encode(vector, count: count, as: type.tensorType, at: place)
        return
      }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: padded) { room in
        guard let base = room.baseAddress else { return }
        base.initialize(from: vector, count: count)
        (base + count).initialize(repeating: 0, count: padded - count)
        encode(base, count: padded, as: type.tensorType, at: place)
      }
      return
    }
    // Zero is zero in every float type.
    let stored = type.byteCount(of: count)
    (place + stored).initializeMemory(
      as: UInt8.self, repeating: 0, count: type.byteCount(of: padded) - stored)
  }

  /// Encodes whole blocks.
  private func encode(
    _ values: UnsafePointer<Float>, count: Int, as type: TensorType,
    at place: UnsafeMutableRawPointer
  ) {
    let blocks = count / type.blockSize
    if let encode = codecs[type.rawValue]?.encode {
      encode(values, blocks, nil, blocks, place.assumingMemoryBound(to: UInt8.self))
      return
    }
    var bytes = MutableRawSpan(
      _unsafeBytes: UnsafeMutableRawBufferPointer(start: place, count: blocks * type.blockBytes))
    type.format.encode(
      UnsafeBufferPointer(start: values, count: count).span, importance: nil, into: &bytes)
  }
}
