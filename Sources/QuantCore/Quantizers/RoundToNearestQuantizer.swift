/// Rounds every value to the nearest level, with scales from the largest and smallest values and no
/// search: fast, and what a search is measured against.
///
/// With `l` the level that reaches farthest from zero:
///
/// - One scale: `unit = x / l`, `x` being the value of the largest magnitude; `level = x / unit`.
/// - A scale and a minimum: `unit = (high - low) / (count of levels - 1)`, `minimum = low`.
/// - Scales of sub-blocks: each sub-block's scale as above; the unit is the one of the largest
///   magnitude over the stored scale that reaches farthest, and the others are rounded to multiples
///   of it. Minimums, which only these formats subtract, are at most zero, and rounded the same way.
///
/// Supports every ``CodedFormat`` with levels, and the types that are not quantized. Not the types
/// that store points of a codebook (`IQ1`, `IQ2` and `IQ3`), where there is no nearest level, and
/// not the operands of dot products.
public struct RoundToNearestQuantizer: Quantizer {
  /// A quantizer without options.
  public init() {}

  /// Types with levels, and those that are not quantized.
  public func supports(_ type: TensorType) -> Bool {
    guard type.isQuantized else { return true }
    if case .levels = type.codedFormat?.layout.codes { return true }
    return false
  }

  /// Encodes some rows. All columns matter alike: importance is not used.
  ///
  /// - Throws: ``QuantError/Code/notFinite``, ``QuantError/Code/unsupportedType``.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    try rows.checkFinite(values)
    guard rows.type.isQuantized else {
      return rows.type.format.encode(values, importance: nil, into: &blocks)
    }
    guard let format = rows.type.codedFormat, case .levels(_, let table) = format.layout.codes
    else {
      throw QuantError(
        .unsupportedType, "\(rows.type.name) has no levels to round to; use FormatQuantizer",
        at: .tensor(rows.tensor))
    }
    let size = format.blockSize
    var rounder = BlockRounder(format, table: table)
    for block in 0..<values.count / size {
      rounder.encode(values.extracting(block * size..<(block + 1) * size))
      rounder.grid.store(into: &blocks, at: block * format.blockBytes)
    }
  }
}

/// Rounds one block.
private struct BlockRounder {
  var grid: BlockGrid
  private let layout: BlockLayout
  private let table: LevelTable
  private let unit: BlockGrid.Parameter?
  private let minimumUnit: BlockGrid.Parameter?

  init(_ format: any CodedFormat.Type, table: LevelTable) {
    layout = format.layout
    grid = BlockGrid(format, layout: layout)
    self.table = table
    let all = 0..<format.blockSize
    unit = layout.unit.map { .init(field: $0, range: all, codes: nil) }
    minimumUnit = layout.minimumUnit.map { .init(field: $0, range: all, codes: nil) }
  }

  mutating func encode(_ values: Span<Float>) {
    let size = layout.subBlockSize
    var scales: [Float] = []
    var minimums: [Float] = []
    for start in stride(from: 0, to: values.count, by: size) {
      let (scale, minimum) = line(values.extracting(start..<start + size))
      scales.append(scale)
      minimums.append(minimum)
    }
    store(scales, unit: unit, numbers: layout.scales)
    store(minimums, unit: minimumUnit, numbers: layout.minimums)
    for i in 0..<values.count {
      let (scale, offset) = (grid.scales[i / size], grid.offsets[i / size])
      let value = encodable(values[i])
      grid.codes.numbers[i] =
        table.codes[
          table.nearest(scale == 0 ? 0 : (value - offset) / scale)]
    }
  }

  /// The scale and the minimum of a sub-block.
  private func line(_ values: Span<Float>) -> (scale: Float, minimum: Float) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for i in 0..<values.count {
      let value = encodable(values[i])
      low = min(low, value)
      high = max(high, value)
    }
    guard layout.minimumUnit != nil else {
      // Where levels reach as far on either side, scales need not be, and may not be, negative.
      if let highest = table.levels.last, highest == -table.extreme || highest == table.extreme {
        return (max(abs(low), abs(high)) / highest, 0)
      }
      return ((abs(low) > abs(high) ? low : high) / table.extreme, 0)
    }
    if !layout.minimums.fields.isEmpty {
      low = min(low, 0)
      high = max(high, 0)
    }
    let levels = (table.levels.last ?? 1) - (table.levels.first ?? 0)
    return ((high - low) / levels, low)
  }

  /// Stores the scales or minimums of all sub-blocks.
  private mutating func store(
    _ wanted: [Float], unit: BlockGrid.Parameter?, numbers: BlockLayout.Numbers
  ) {
    let farthest = wanted.max { abs($0) < abs($1) } ?? 0
    var chosen: Float = 1
    if let unit {
      let reach =
        numbers.fields.isEmpty ? 1 : numbers.meanings.max { abs($0) < abs($1) } ?? 1
      chosen =
        numbers.fields.isEmpty
        ? HalfPrecision.rounded(farthest / reach) : HalfPrecision.unit(farthest / reach)
      grid.set(unit, to: Int(HalfPrecision.bits(chosen)))
    }
    let size = layout.subBlockSize
    for (j, field) in numbers.fields.enumerated() {
      let code = chosen == 0 ? numbers.nearest(0) : numbers.nearest(wanted[j] / chosen)
      grid.set(.init(field: field, range: j * size..<(j + 1) * size, codes: nil), to: code)
    }
  }
}
