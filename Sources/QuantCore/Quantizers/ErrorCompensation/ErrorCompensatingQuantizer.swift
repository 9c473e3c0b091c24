import Synchronization

/// Encodes with the errors of a matrix's outputs in mind, given how its inputs vary together: what
/// rounding one column gets wrong, the columns after it make up for.
///
/// In the manner of GPTQ (Frantar et al. 2022, arXiv:2210.17323): where a search without statistics,
/// or with one weight per column, makes each stored value near to its original, this makes the
/// outputs `W x` near to what they were, for inputs `x` like those seen. For each row, with `e` its
/// errors and `H` the second moments of the inputs, it lowers `e H eᵀ`:
///
/// 1. Block by block, another quantizer chooses the scales for the values that the block should have
///    by now; then its codes are chosen one after the other (points of eight values at a time), each
///    error fed forward to later columns through a triangular factor of the Hessian.
/// 2. Sweeps over all codes, scales and minimums change one at a time, where that lowers the form.
/// 3. The same is done from the encoding that importance-weighted search finds, and the better of
///    the two is kept, so that no row is worse than that search leaves it.
///
/// Columns are taken in their order: blocks hold neighbouring columns, so that GPTQ's ordering by
/// activation would need a model with permuted columns.
///
/// The matrices of a tensor with several, such as experts, share the tensor's second moments. A matrix
/// without statistics, and a type that is not quantized or an operand of dot products, is left to the
/// other quantizer.
///
/// Per matrix of `n` columns it takes `n³ / 3` multiplications and `8 n²` bytes; per row and sweep,
/// up to `n²` multiplications for each of the two starts.
public struct ErrorCompensatingQuantizer: Quantizer {
  /// How hard to try.
  public struct Options: Sendable, Hashable {
    /// What is added to the Hessian's diagonal, over its mean: more makes the result depend less on
    /// the inputs seen. 0.01 is GPTQ's.
    public var damping = 0.01
    /// How often to go over all codes and scales at most; 0 for feeding errors forward only.
    public var sweeps = 3

    /// The usual options.
    public init() {}
  }

  /// Where the second moments come from.
  public let statistics: any ActivationStatistics
  /// How hard to try.
  public let options: Options
  private let base: any Quantizer
  private let cache = FactorCache()

  /// A quantizer with statistics.
  ///
  /// - Parameters:
  ///   - statistics: The second moments of each matrix's inputs.
  ///   - options: How hard to try.
  ///   - base: What chooses scales, and encodes what has no statistics.
  public init(
    statistics: any ActivationStatistics, options: Options = Options(),
    base: any Quantizer = FormatQuantizer()
  ) {
    self.statistics = statistics
    self.options = options
    self.base = base
  }

  /// Every type that the other quantizer can make.
  public func supports(_ type: TensorType) -> Bool { base.supports(type) }

  /// Encodes some rows of a matrix.
  ///
  /// - Parameters:
  ///   - values: `rows.count` rows of `rows.columns` values.
  ///   - rows: Which rows of which tensor they are, and the type to encode them as.
  ///   - importance: Used where there are no statistics.
  ///   - blocks: Room for exactly the rows' blocks.
  /// - Throws: ``QuantError/Code/notFinite``; ``QuantError/Code/sizeMismatch`` where the statistics
  ///   are for another number of columns.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    try rows.checkFinite(values)
    guard let format = rows.type.codedFormat,
      let factor = try cache.factor(for: rows, from: statistics, damping: options.damping)
    else {
      return try base.encode(values, of: rows, importance: importance, into: &blocks)
    }
    let rowBytes = blocks.byteCount / max(1, rows.count)
    // The plain search, which the result must not be worse than.
    let size = factor.columns
    let weights = (0..<size).map { factor.hessian[$0 * size + $0] }
    var searched = [UInt8](repeating: 0, count: blocks.byteCount)
    var span = searched.mutableSpan
    var raw = span.mutableBytes
    try base.encode(values, of: rows, importance: weights.span, into: &raw)
    try RowCompensator(factor, format: format, base: base).encode(
      values, of: rows, into: &blocks)

    var compensated = RowRefiner(factor, format: format)
    var plain = compensated
    for row in 0..<rows.count {
      let values = values.extracting(row * size..<(row + 1) * size)
      let bytes = row * rowBytes..<(row + 1) * rowBytes
      let form = refine(&compensated, values, blocks: blocks.bytes.extracting(bytes))
      let plainForm = refine(&plain, values, blocks: raw.bytes.extracting(bytes))
      if form <= plainForm {
        compensated.store(into: &blocks, at: bytes.lowerBound)
      } else {
        plain.store(into: &blocks, at: bytes.lowerBound)
      }
    }
  }

  /// Improves a row, and gives the quadratic form that is left.
  private func refine(
    _ refiner: inout RowRefiner, _ values: Span<Float>, blocks: RawSpan
  ) -> Double {
    var form = refiner.load(values, blocks: blocks)
    for _ in 0..<options.sweeps {
      let gain = Double(refiner.sweep())
      form -= gain
      if gain <= 1e-3 * form { break }
    }
    return form
  }
}

/// The factor of the matrix that is being encoded: its rows come in pieces, from several threads.
private final class FactorCache: Sendable {
  private struct Entry {
    var tensor: String
    var factor: CompensationFactor?
  }

  private let entry = Mutex<Entry?>(nil)

  func factor(
    for rows: TensorRows, from statistics: any ActivationStatistics, damping: Double
  ) throws(QuantError) -> CompensationFactor? {
    let factor = entry.withLock { entry in
      if let entry, entry.tensor == rows.tensor { return entry.factor }
      let moments = statistics.secondMoments(ofInputsTo: rows.tensor)
      let factor = moments.map { CompensationFactor($0, damping: damping) }
      entry = Entry(tensor: rows.tensor, factor: factor)
      return factor
    }
    if let factor, factor.columns != rows.columns {
      throw QuantError(
        .sizeMismatch,
        "second moments of \(factor.columns) columns for a matrix of \(rows.columns)",
        at: .tensor(rows.tensor))
    }
    return factor
  }
}
