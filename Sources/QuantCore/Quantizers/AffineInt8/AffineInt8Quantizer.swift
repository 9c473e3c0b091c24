/// Textbook 8-bit quantization: whole numbers on a line through the smallest and largest values.
///
/// With `S` the scale and `Z` the zero point, `value = S * (code - Z)` (Jacob et al. 2018,
/// arXiv:1712.05877, equation 1). Rounding is to nearest, ties to even.
///
/// - Asymmetric: `low = min(0, smallest)`, `high = max(0, largest)`, `S = (high - low) / 255`,
///   `Z = -128 - round(low / S)`, `code = clamp(round(value / S) + Z, -128 ... 127)`. Zero is always
///   stored exactly.
/// - Symmetric: `S = (largest magnitude) / 127`, `Z = 0`, codes from -127 to 127.
///
/// A group of zeros has the scale 0.
///
/// ``quantize(_:name:shape:)`` gives the codes. No ``TensorType`` holds them, so that as a
/// ``Quantizer`` it makes the types that are not quantized: each value becomes the nearest one that
/// the codes can say, stored as a float. What 8 bits do to a model can be measured so, with
/// everything else unchanged.
public struct AffineInt8Quantizer: Quantizer {
  /// Which values share a scale.
  public let granularity: Granularity
  /// Whether zero is in the middle of the codes.
  public let isSymmetric: Bool

  /// A quantizer.
  ///
  /// - Parameters:
  ///   - granularity: Which values share a scale: by default, those of a row.
  ///   - isSymmetric: Whether zero is in the middle of the codes.
  public init(granularity: Granularity = .row, isSymmetric: Bool = true) {
    self.granularity = granularity
    self.isSymmetric = isSymmetric
  }

  /// Quantizes a tensor.
  ///
  /// - Parameters:
  ///   - values: All values, row by row.
  ///   - name: The tensor's name.
  ///   - shape: The dimensions, columns first.
  /// - Throws: ``QuantError/Code/sizeMismatch``, ``QuantError/Code/invalidShape``,
  ///   ``QuantError/Code/notFinite``.
  public func quantize(
    _ values: Span<Float>, name: String, shape: [Int]
  ) throws(QuantError) -> AffineTensor {
    let rows = try Granularity.layOut(values, name: name, shape: shape)
    let groups = try granularity.groups(rows: rows.count, columns: rows.columns)
    var codes = [Int8](repeating: 0, count: values.count)
    var scales: [Float] = []
    var zeroPoints: [Int8] = []
    for group in groups {
      let (scale, zero) = line(values.extracting(group))
      scales.append(scale)
      zeroPoints.append(Int8(truncatingIfNeeded: zero))
      guard scale > 0 else { continue }
      for i in group {
        // A subnormal scale may take the quotient beyond what a whole number holds.
        let code = (values[i] / scale).rounded(.toNearestOrEven) + Float(zero)
        codes[i] = Int8(min(max(code, isSymmetric ? -127 : -128), 127))
      }
    }
    return AffineTensor(
      name: name, shape: shape, granularity: granularity, codes: codes, scales: scales,
      zeroPoints: zeroPoints, isSymmetric: isSymmetric, groups: groups)
  }

  private func line(_ values: Span<Float>) -> (scale: Float, zero: Int) {
    var (low, high) = (Float(0), Float(0))
    for i in 0..<values.count {
      low = min(low, values[i])
      high = max(high, values[i])
    }
    if isSymmetric { return (max(-low, high) / 127, 0) }
    // Divided first: the range itself may be beyond the largest float.
    let scale = high / 255 - low / 255
    guard scale > 0 else { return (0, 0) }
    let zero = -128 - (low / scale).rounded(.toNearestOrEven)
    return (scale, Int(min(max(zero, -128), 127)))
  }

  /// The types that are not quantized, unless the whole tensor shares a scale: rows come in pieces.
  public func supports(_ type: TensorType) -> Bool {
    granularity != .tensor && type.isFloatingPoint
  }

  /// Replaces each value by the nearest one that the codes can say, and stores it as a float.
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
        .unsupportedType, "8-bit codes are not stored as \(rows.type.name); choose a float type",
        at: .tensor(rows.tensor))
    }
    let stored = try quantize(
      values, name: rows.tensor, shape: [rows.columns, max(1, rows.count)])
    rows.type.format.encode(stored.dequantized().span, importance: nil, into: &blocks)
  }
}

extension TensorType {
  /// Whether each value is a floating-point number by itself.
  var isFloatingPoint: Bool { [.f16, .bf16, .f32, .f64].contains(self) }
}
