/// A tensor of 8-bit integers with a scale and a zero point for each group of values:
/// `value = scale * (code - zeroPoint)`. Made by ``AffineInt8Quantizer``.
public struct AffineTensor: Sendable, Equatable {
  /// The name.
  public let name: String
  /// The dimensions, columns first.
  public let shape: [Int]
  /// Which values share a scale.
  public let granularity: Granularity
  /// A code for each value, row by row.
  public let codes: [Int8]
  /// A scale for each group, in the order of their values.
  public let scales: [Float]
  /// The code that stands for zero, for each group; 0 throughout where the codes are symmetric.
  public let zeroPoints: [Int8]
  /// Whether zero points are stored.
  public let isSymmetric: Bool
  let groups: [Range<Int>]

  /// The bytes of codes, scales and zero points.
  public var byteCount: Int { codes.count + scales.count * (isSymmetric ? 4 : 5) }

  /// The bits that one value takes, scales included.
  public var bitsPerWeight: Double { Double(8 * byteCount) / Double(max(1, codes.count)) }

  /// The values: `scale * (code - zeroPoint)`.
  public func dequantized() -> [Float] {
    var values = [Float](repeating: 0, count: codes.count)
    for (index, group) in groups.enumerated() {
      let zero = Int32(zeroPoints[index])
      for i in group { values[i] = scales[index] * Float(Int32(codes[i]) - zero) }
    }
    return values
  }

  /// The values as a tensor, for what takes tensors of a ``TensorType``.
  ///
  /// - Throws: ``QuantError`` where the shape does not fill the type's blocks.
  public func tensor(as type: TensorType = .f32) throws(QuantError) -> InMemoryTensor {
    try InMemoryTensor(name: name, shape: shape, values: dequantized(), as: type)
  }
}
