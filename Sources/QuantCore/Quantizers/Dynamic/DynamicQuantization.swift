/// Quantizes activations to 8 bits while a model runs: each block's scale is its largest magnitude
/// over 127, and `code = round(value * (127 / largest))`, ties to even.
///
/// This is the arithmetic of the CPU backend's kernels, to the bit. It differs from encoding as
/// ``Q8_0`` and ``Q8_K`` in that scales stay in single precision, and are of no use otherwise:
///
/// - A block whose largest magnitude is below 2^-120 becomes zeros.
/// - A block with a NaN or an infinity has the scale NaN and zeros for codes, so that whatever is
///   computed from it is NaN too.
public enum DynamicQuantization {
  /// The values that share a scale.
  public enum Block: Int, CaseIterable, Sendable {
    /// 32 values, as in ``Q8_0``.
    case q8_0 = 32
    /// 256 values, as in ``Q8_K``.
    case q8K = 256
  }

  /// Quantizes values.
  ///
  /// - Parameters:
  ///   - values: Whole blocks.
  ///   - block: The values that share a scale.
  /// - Throws: ``QuantError/Code/partialBlock``.
  public static func quantize(
    _ values: Span<Float>, in block: Block
  ) throws(QuantError) -> QuantizedActivations {
    try check(count: values.count, in: block)
    var codes = [Int8](repeating: 0, count: values.count)
    var scales: [Float] = []
    scales.reserveCapacity(values.count / block.rawValue)
    for start in stride(from: 0, to: values.count, by: block.rawValue) {
      // The bits of magnitudes order like the magnitudes, with infinities and NaNs at the end.
      var bits: UInt32 = 0
      for i in start..<start + block.rawValue {
        bits = max(bits, values[unchecked: i].bitPattern & 0x7FFF_FFFF)
      }
      let largest = Float(bitPattern: bits)
      guard largest.isFinite, largest >= 0x1p-120 else {
        scales.append(largest.isFinite ? 0 : .nan)
        continue
      }
      scales.append(largest / 127)
      let inverse = 127 / largest
      for i in start..<start + block.rawValue {
        codes[i] = Int8((values[unchecked: i] * inverse).rounded(.toNearestOrEven))
      }
    }
    let sums = stride(from: 0, to: codes.count, by: 16).map { start in
      codes[start..<start + 16].reduce(Int16(0)) { $0 + Int16($1) }
    }
    return try QuantizedActivations(block: block, codes: codes, scales: scales, sums: sums)
  }

  /// Checks that values fill whole blocks.
  ///
  /// - Throws: ``QuantError/Code/partialBlock``.
  public static func check(count: Int, in block: Block) throws(QuantError) {
    guard count % block.rawValue == 0 else {
      throw QuantError(
        .partialBlock, "\(count) values do not fill whole blocks of \(block.rawValue)")
    }
  }
}
