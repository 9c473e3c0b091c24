/// 1.69 bits for ternary values, blocks of 256 with one scale: `value = d * (q - 1)`.
///
/// ```
/// byte  0         32        48        52    54
///       | 160 q   | 80 q    | 16 q    |  d  |
///
/// d    half     the scale
/// q    ternary  0, 1 or 2. Byte i of the first 32 holds the values i, i + 32, ... i + 128; byte i
///               of the next 16 the values 160 + i, 160 + i + 16, ... 160 + i + 64; byte i of the
///               last 4 the values 240 + i, 240 + i + 4, ... 240 + i + 12
/// ```
///
/// The digits of a byte are those of a fraction: with `b` read as `b / 256`, multiplying by 3 moves
/// the next digit before the point. The byte is rounded up so that none is lost.
public enum TQ1_0: TensorFormat {
  /// ``TensorType/tq1_0``.
  public static var type: TensorType { .tq1_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 52, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 54
      let d = blocks.half(base + 52)
      for part in parts {
        for i in 0..<part.bytes {
          var fraction = blocks.byte(base + part.byte + i)
          for k in 0..<part.digits {
            let product = UInt16(fraction) * 3
            fraction = UInt8(truncatingIfNeeded: product)
            values[unchecked: 256 * block + part.value + part.bytes * k + i] =
              d * Float(Int32(product >> 8) - 1)
          }
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// The scale is the largest magnitude, as the weights that this format is for are ternary already;
  /// importance is not used.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var encoder = TernaryBlockEncoder()
    for block in 0..<count {
      encoder.encode(values, at: 256 * block)
      let base = block * 54
      for part in parts {
        for i in 0..<part.bytes {
          var number = 0
          for k in 0..<5 {
            let place = part.value + part.bytes * k + i
            number = 3 * number + (k < part.digits ? Int(encoder.levels[place]) : 0)
          }
          blocks.store(UInt8((256 * number + 242) / 243), at: base + part.byte + i)
        }
      }
      blocks.store(half: encoder.d, at: base + 52)
    }
  }

  /// The three parts of a block: the first byte, how many, the first value, and the values of a
  /// byte.
  private static let parts = [
    (byte: 0, bytes: 32, value: 0, digits: 5),
    (byte: 32, bytes: 16, value: 160, digits: 5),
    (byte: 48, bytes: 4, value: 240, digits: 4),
  ]
}
