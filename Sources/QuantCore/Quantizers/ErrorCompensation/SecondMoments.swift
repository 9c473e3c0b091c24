/// How the inputs of a matrix vary together: the sums of `x[i] * x[j]` over all inputs `x` seen,
/// the Hessian of the squared output error up to a factor.
///
/// For a matrix `W` that is stored as `Q`, with `d` a row of `W - Q` and `H` these sums, the squared
/// error of that row's outputs over all inputs is `d H dᵀ`.
///
/// Takes `8 * columns²` bytes.
public struct SecondMoments: Sendable, Equatable {
  /// The columns of the matrix, which are the elements of an input.
  public let columns: Int
  /// How many inputs were seen.
  public private(set) var count: Int
  /// The sums, row by row; symmetric.
  public private(set) var sums: [Double]

  /// Nothing seen yet.
  ///
  /// - Parameter columns: The elements of an input.
  /// - Throws: ``QuantError/Code/invalidShape`` unless positive, ``QuantError/Code/sizeOverflow``.
  public init(columns: Int) throws(QuantError) {
    sums = [Double](repeating: 0, count: try Self.elements(columns))
    self.columns = columns
    count = 0
  }

  /// Known sums, such as a Hessian from elsewhere. Only the ratios among them matter.
  ///
  /// - Parameters:
  ///   - sums: `columns * columns` sums, symmetric.
  ///   - columns: The elements of an input.
  ///   - count: How many inputs they are sums over.
  /// - Throws: ``QuantError/Code/sizeMismatch`` where the sums are not as many,
  ///   ``QuantError/Code/notFinite`` where one is NaN or infinite, and as ``init(columns:)``.
  public init(sums: [Double], columns: Int, count: Int = 1) throws(QuantError) {
    guard sums.count == (try Self.elements(columns)) else {
      throw QuantError(
        .sizeMismatch, "\(sums.count) second moments for \(columns) columns; give \(columns)²")
    }
    guard sums.allSatisfy(\.isFinite) else {
      throw QuantError(.notFinite, "a second moment is not a finite number")
    }
    self.sums = sums
    self.columns = columns
    self.count = count
  }

  private static func elements(_ columns: Int) throws(QuantError) -> Int {
    guard columns > 0 else {
      throw QuantError(.invalidShape, "second moments of \(columns) columns")
    }
    let (elements, overflow) = columns.multipliedReportingOverflow(by: columns)
    guard !overflow, elements <= Int.max / 8 else {
      throw QuantError(.sizeOverflow, "second moments of \(columns) columns take too much memory")
    }
    return elements
  }

  /// Takes further inputs into account; `columns²` operations for each.
  ///
  /// - Parameter inputs: One or more inputs, `columns` values each.
  /// - Throws: ``QuantError/Code/sizeMismatch`` for values that are not whole inputs,
  ///   ``QuantError/Code/notFinite`` for a NaN or an infinity; nothing is added then.
  public mutating func add(_ inputs: Span<Float>) throws(QuantError) {
    guard inputs.count % columns == 0 else {
      throw QuantError(
        .sizeMismatch, "\(inputs.count) values are not whole inputs of \(columns) columns")
    }
    try TensorRows(
      tensor: "inputs", type: .f32, columns: columns, firstRow: count,
      count: inputs.count / columns
    ).checkFinite(inputs)
    let size = columns
    var sums = sums.mutableSpan
    for i in 0..<size {
      for start in stride(from: 0, to: inputs.count, by: size) {
        let x = Double(inputs[unchecked: start + i])
        for j in i..<size {
          sums[unchecked: i * size + j] += x * Double(inputs[unchecked: start + j])
        }
      }
      for j in i..<size { sums[unchecked: j * size + i] = sums[unchecked: i * size + j] }
    }
    count += inputs.count / size
  }

  /// The mean square of each column: the importance that a search without the full moments uses.
  public var importance: [Float] {
    (0..<columns).map { Float(sums[$0 * columns + $0] / Double(max(1, count))) }
  }

  /// The norm of the outputs' error over the norm of the outputs, over all inputs seen:
  /// `‖(W - Q) X‖ / ‖W X‖`.
  ///
  /// - Parameters:
  ///   - original: Rows of the matrix, `columns` values each.
  ///   - stored: The same rows after encoding and decoding.
  /// - Returns: 0 where both norms are zero.
  public func relativeOutputError(original: Span<Float>, stored: Span<Float>) -> Double {
    precondition(
      original.count == stored.count && original.count % columns == 0, "whole rows, as many")
    var (error, signal) = (0.0, 0.0)
    for start in stride(from: 0, to: original.count, by: columns) {
      error += form { Double(original[start + $0]) - Double(stored[start + $0]) }
      signal += form { Double(original[start + $0]) }
    }
    return error == 0 ? 0 : (error / signal).squareRoot()
  }

  /// The quadratic form of a row.
  private func form(_ row: (Int) -> Double) -> Double {
    let values = (0..<columns).map(row)
    var total = 0.0
    for i in 0..<columns where values[i] != 0 {
      var sum = 0.0
      for j in 0..<columns { sum += sums[i * columns + j] * values[j] }
      total += values[i] * sum
    }
    return max(0, total)
  }
}

/// Where second moments come from, tensor by tensor: a dictionary, or a file that is read as they
/// are asked for.
public protocol ActivationStatistics: Sendable {
  /// The second moments of the inputs that a matrix is multiplied with; `nil` where not known.
  func secondMoments(ofInputsTo tensor: String) -> SecondMoments?
}

extension Dictionary: ActivationStatistics where Key == String, Value == SecondMoments {
  /// The tensor's entry.
  public func secondMoments(ofInputsTo tensor: String) -> SecondMoments? { self[tensor] }
}
