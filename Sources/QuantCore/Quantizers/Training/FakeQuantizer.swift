/// Rounds values through a format and back while a model is trained, so that the model learns to
/// live with the rounding.
///
/// Forward, each value becomes what a file of the type would hold. Rounding has a derivative of zero
/// almost everywhere; backward, it counts as if it were the identity, the straight-through estimator
/// (Bengio, Léonard and Courville 2013, arXiv:1308.3432), except for values that were clipped, whose
/// gradient is zero: moving them a little changes nothing.
///
/// ```swift
/// let fake = FakeQuantizer(type: .q4_0)
/// let rounded = try fake.forward(weights.span, columns: 32)
/// // … the loss of rounded.values, and its gradient with respect to them …
/// let gradient = rounded.backward(gradientOfValues.span)
/// ```
///
/// A value counts as clipped where it is beyond the lowest or highest level of its block by more
/// than half the distance to the next level; in the types that store points, beyond the largest
/// coordinate of any point, likewise. A block with a scale of zero clips nothing, nor do types whose
/// scale is the largest magnitude. `F16` and `BF16` clip what they make infinite.
public struct FakeQuantizer: Sendable {
  /// What values are rounded to.
  public let type: TensorType
  private let quantizer: any Quantizer

  /// A quantizer of a type.
  ///
  /// - Parameters:
  ///   - type: What values are rounded to.
  ///   - quantizer: What rounds them.
  public init(type: TensorType, quantizer: any Quantizer = FormatQuantizer()) {
    self.type = type
    self.quantizer = quantizer
  }

  /// What a forward pass gives.
  public struct Rounded: Sendable, Equatable {
    /// The values as stored.
    public let values: [Float]
    /// Whether each value was clipped.
    public let isClipped: [Bool]

    /// The gradient of a loss with respect to the original values: that with respect to the stored
    /// ones, and zero for the values that were clipped.
    ///
    /// - Parameter gradient: The gradient with respect to ``values``, as many.
    public func backward(_ gradient: Span<Float>) -> [Float] {
      precondition(gradient.count == values.count, "a gradient for each value")
      return isClipped.indices.map { isClipped[$0] ? 0 : gradient[$0] }
    }
  }

  /// Rounds values.
  ///
  /// - Parameters:
  ///   - values: Whole rows.
  ///   - columns: The values of a row.
  ///   - importance: How much an error in each column matters, or `nil`.
  ///   - name: The tensor's name, for quantizers that know tensors by it.
  /// - Throws: ``QuantError/Code/partialBlock`` where a row does not fill whole blocks,
  ///   ``QuantError/Code/sizeMismatch`` for values that are not whole rows,
  ///   ``QuantError/Code/unsupportedType``, ``QuantError/Code/notFinite``.
  public func forward(
    _ values: Span<Float>, columns: Int, importance: Span<Float>? = nil, name: String = ""
  ) throws(QuantError) -> Rounded {
    guard columns > 0, values.count % columns == 0 else {
      throw QuantError(
        .sizeMismatch, "\(values.count) values are not whole rows of \(columns)",
        at: .tensor(name))
    }
    let rowBytes = try type.byteCount(elements: columns)
    guard quantizer.supports(type) else {
      throw QuantError(
        .unsupportedType, "this quantizer cannot make \(type.name)", at: .tensor(name))
    }
    let rows = TensorRows(
      tensor: name, type: type, columns: columns, firstRow: 0, count: values.count / columns)
    var bytes = [UInt8](repeating: 0, count: rows.count * rowBytes)
    do {
      var span = bytes.mutableSpan
      var blocks = span.mutableBytes
      try quantizer.encode(values, of: rows, importance: importance, into: &blocks)
    }
    var stored = [Float](repeating: 0, count: values.count)
    var span = stored.mutableSpan
    type.format.decode(bytes.span.bytes, into: &span)
    return Rounded(values: stored, isClipped: clipped(values, blocks: bytes, stored: stored))
  }

  private func clipped(_ values: Span<Float>, blocks: [UInt8], stored: [Float]) -> [Bool] {
    guard let format = type.codedFormat else { return stored.map { !$0.isFinite } }
    var clipped = [Bool](repeating: false, count: values.count)
    let layout = format.layout
    let size = format.blockSize
    let (low, high) = layout.codes.limits
    var grid = BlockGrid(format, layout: layout)
    for block in 0..<values.count / size {
      let bytes = block * format.blockBytes..<(block + 1) * format.blockBytes
      grid.load(blocks.span.bytes.extracting(bytes))
      for i in 0..<size {
        let j = i / layout.subBlockSize
        let scale = grid.scales[j]
        guard scale != 0 else { continue }
        let level = (values[block * size + i] - grid.offsets[j]) / scale
        clipped[block * size + i] = level < low || level > high
      }
    }
    return clipped
  }
}

extension BlockLayout.Codes {
  /// The levels beyond which a value is clipped: the outermost ones, and half a step.
  var limits: (low: Float, high: Float) {
    var levels: [Float]
    switch self {
    case .levels(_, let table): levels = table.levels
    case .points(let table):
      levels = Array(Set(table.coordinates)).sorted()
      if case .inPoints = table.signs {} else { levels = levels.reversed().map { -$0 } + levels }
    }
    guard levels.count > 1 else { return (-.infinity, .infinity) }
    let last = levels.count - 1
    return (
      levels[0] - (levels[1] - levels[0]) / 2,
      levels[last] + (levels[last] - levels[last - 1]) / 2
    )
  }
}
