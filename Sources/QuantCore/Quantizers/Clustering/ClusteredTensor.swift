/// A tensor whose values are numbers of centroids, each group of values with centroids of its own.
/// Made by ``ClusteredQuantizer``.
///
/// Codes are packed, lowest bits first, value after value: value `i` has bits `b * i` to
/// `b * (i + 1) - 1`, with `b` ``codeBits``.
public struct ClusteredTensor: Sendable, Equatable {
  /// The name.
  public let name: String
  /// The dimensions, columns first.
  public let shape: [Int]
  /// Which values share centroids.
  public let granularity: Granularity
  /// The centroids of a group.
  public let clusterCount: Int
  /// The bits of one code.
  public let codeBits: Int
  /// The packed codes.
  public let codes: [UInt8]
  /// The centroids of all groups as halves, rising within a group.
  public let centroids: [UInt16]
  let groups: [Range<Int>]

  init(
    name: String, shape: [Int], granularity: Granularity, clusterCount: Int, codes: [Int],
    centroids: [Float], groups: [Range<Int>]
  ) {
    self.name = name
    self.shape = shape
    self.granularity = granularity
    self.clusterCount = clusterCount
    self.groups = groups
    let bits = max(1, Int.bitWidth - (clusterCount - 1).leadingZeroBitCount)
    codeBits = bits
    self.centroids = centroids.map { HalfPrecision.bits($0) }
    var packed = [UInt8](repeating: 0, count: (codes.count * bits + 7) / 8)
    for (i, code) in codes.enumerated() {
      let bit = i * bits
      let shifted = code << (bit & 7)
      packed[bit >> 3] |= UInt8(truncatingIfNeeded: shifted)
      if shifted > 255 { packed[bit >> 3 + 1] |= UInt8(truncatingIfNeeded: shifted >> 8) }
    }
    self.codes = packed
  }

  /// The number of values.
  public var elementCount: Int { groups.last?.upperBound ?? 0 }

  /// The bytes of codes and centroids.
  public var byteCount: Int { codes.count + 2 * centroids.count }

  /// The bits that one value takes, centroids included.
  public var bitsPerWeight: Double { Double(8 * byteCount) / Double(max(1, elementCount)) }

  /// The number of value `i`'s centroid in its group.
  public func code(_ i: Int) -> Int {
    let bit = i * codeBits
    var word = Int(codes[bit >> 3])
    if bit & 7 + codeBits > 8 { word |= Int(codes[bit >> 3 + 1]) << 8 }
    return word >> (bit & 7) & (1 << codeBits - 1)
  }

  /// The values: each one's centroid.
  public func decoded() -> [Float] {
    var values = [Float](repeating: 0, count: elementCount)
    for (index, group) in groups.enumerated() {
      let first = index * clusterCount
      let levels = centroids[first..<first + clusterCount].map { HalfPrecision.float($0) }
      for i in group { values[i] = levels[code(i)] }
    }
    return values
  }

  /// The values as a tensor, for what takes tensors of a ``TensorType``.
  ///
  /// - Throws: ``QuantError`` where the shape does not fill the type's blocks.
  public func tensor(as type: TensorType = .f32) throws(QuantError) -> InMemoryTensor {
    try InMemoryTensor(name: name, shape: shape, values: decoded(), as: type)
  }
}
