/// Quantizes with a codebook made for the tensor: each group of values gets the centroids with the
/// least (weighted) squared error, by k-means in one dimension.
///
/// ```swift
/// let clustered = try ClusteredQuantizer(clusterCount: 16, granularity: .group(1024))
///   .quantize(weights.span, name: "w", shape: [4096, 32])
/// print(clustered.bitsPerWeight)   // 4.25
/// ```
///
/// Values on a line have an order, so that the best clusters are known exactly, by dynamic
/// programming (Wang and Song 2011, "Ckmeans.1d.dp"); nothing is random, and no start needs to be
/// chosen. A group of `n` values takes `n log n * clusters` operations and `4 * n * clusters` bytes.
///
/// No ``TensorType`` holds a codebook of its own, so that as a ``Quantizer`` it makes the types that
/// are not quantized: each value becomes its centroid, stored as a float. What clustering does to a
/// model can be measured so, with everything else unchanged.
public struct ClusteredQuantizer: Quantizer {
  /// The centroids of a group.
  public let clusterCount: Int
  /// Which values share centroids.
  public let granularity: Granularity

  /// A quantizer.
  ///
  /// - Parameters:
  ///   - clusterCount: The centroids of a group, 1 to 256.
  ///   - granularity: Which values share centroids: by default, those of a row.
  /// - Throws: ``QuantError/Code/invalidShape`` for another number of centroids.
  public init(clusterCount: Int = 16, granularity: Granularity = .row) throws(QuantError) {
    guard (1...256).contains(clusterCount) else {
      throw QuantError(.invalidShape, "\(clusterCount) clusters; choose 1 to 256")
    }
    self.clusterCount = clusterCount
    self.granularity = granularity
  }

  /// Quantizes a tensor.
  ///
  /// - Parameters:
  ///   - values: All values, row by row.
  ///   - name: The tensor's name.
  ///   - shape: The dimensions, columns first.
  ///   - importance: How much an error in each column matters, or `nil`.
  /// - Throws: ``QuantError/Code/sizeMismatch``, ``QuantError/Code/invalidShape``,
  ///   ``QuantError/Code/notFinite``.
  public func quantize(
    _ values: Span<Float>, name: String, shape: [Int], importance: Span<Float>? = nil
  ) throws(QuantError) -> ClusteredTensor {
    let rows = try Granularity.layOut(values, name: name, shape: shape)
    if let importance, importance.count != rows.columns {
      throw QuantError(
        .sizeMismatch, "\(importance.count) importance weights for \(rows.columns) columns",
        at: .tensor(name))
    }
    let groups = try granularity.groups(rows: rows.count, columns: rows.columns)
    var codes = [Int](repeating: 0, count: values.count)
    var centroids: [Float] = []
    centroids.reserveCapacity(groups.count * clusterCount)
    for group in groups {
      var points: [LineClusters.Point] = []
      points.reserveCapacity(group.count)
      for i in group {
        var weight = 1.0
        if let importance { weight = Double(importance[i % rows.columns]) }
        points.append(
          LineClusters.Point(value: Double(values[i]), weight: weight > 0 ? weight : 0))
      }
      let centres = LineClusters.centres(of: points, count: clusterCount)
        .map { HalfPrecision.rounded(Float($0)) }
      centroids += centres
      let middles = zip(centres, centres.dropFirst()).map { $0 / 2 + $1 / 2 }
      for i in group {
        // The nearest one, as centres may have moved by rounding.
        var (low, high) = (0, middles.count)
        while low < high {
          let middle = (low + high) / 2
          if middles[middle] < values[i] { low = middle + 1 } else { high = middle }
        }
        codes[i] = low
      }
    }
    return ClusteredTensor(
      name: name, shape: shape, granularity: granularity, clusterCount: clusterCount,
      codes: codes, centroids: centroids, groups: groups)
  }

  /// The types that are not quantized, unless the whole tensor shares centroids: rows come in pieces.
  public func supports(_ type: TensorType) -> Bool {
    granularity != .tensor && type.isFloatingPoint
  }

  /// Replaces each value by its centroid, and stores it as a float.
  ///
  /// - Throws: ``QuantError/Code/notFinite``, ``QuantError/Code/unsupportedType``,
  ///   ``QuantError/Code/invalidShape``.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    try rows.checkFinite(values)
    guard supports(rows.type) else {
      throw QuantError(
        .unsupportedType, "centroids are not stored as \(rows.type.name); choose a float type",
        at: .tensor(rows.tensor))
    }
    let stored = try quantize(
      values, name: rows.tensor, shape: [rows.columns, max(1, rows.count)],
      importance: importance)
    rows.type.format.encode(stored.decoded().span, importance: nil, into: &blocks)
  }
}
