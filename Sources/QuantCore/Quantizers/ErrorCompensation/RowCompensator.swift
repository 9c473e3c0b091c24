/// Encodes rows block by block, each block making up for the errors of those before it.
///
/// The scales of a block come from another quantizer, which gets the values that the block should
/// have by now, weighted with what an error costs after later columns make up for it. Its codes are
/// then chosen one after the other, or unit by unit, with the errors fed forward.
struct RowCompensator {
  private let factor: CompensationFactor
  private let format: any CodedFormat.Type
  private let layout: BlockLayout
  private let base: any Quantizer
  private let weights: [Float]

  init(_ factor: CompensationFactor, format: any CodedFormat.Type, base: any Quantizer) {
    self.factor = factor
    self.format = format
    layout = format.layout
    self.base = base
    let size = factor.columns
    weights = (0..<size).map { factor.factor[$0 * size + $0] * factor.factor[$0 * size + $0] }
  }

  /// Encodes rows.
  func encode(
    _ values: Span<Float>, of rows: TensorRows, into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    let (columns, size) = (rows.columns, format.blockSize)
    let rowBytes = columns / size * format.blockBytes
    // What the errors of earlier columns come to in each column: their products with the factor.
    var carried = [Float](repeating: 0, count: values.count)
    var errors = [Float](repeating: 0, count: rows.count * size)
    var targets = [Float](repeating: 0, count: rows.count * size)
    var grid = BlockGrid(format, layout: layout)
    var encoded = [UInt8](repeating: 0, count: rows.count * format.blockBytes)
    var part = rows
    part.columns = size
    for start in stride(from: 0, to: columns, by: size) {
      for row in 0..<rows.count {
        let solved = solve(carried.span, at: row * columns + start, column: start, count: size)
        for i in 0..<size {
          targets[row * size + i] = values[row * columns + start + i] + solved[i]
        }
      }
      do {
        var span = encoded.mutableSpan
        var raw = span.mutableBytes
        try base.encode(
          targets.span, of: part, importance: weights.span.extracting(start..<start + size),
          into: &raw)
      }
      for row in 0..<rows.count {
        let bytes = row * format.blockBytes..<(row + 1) * format.blockBytes
        grid.load(encoded.span.bytes.extracting(bytes))
        let place = row * columns + start
        round(
          values.extracting(place..<place + size),
          carried: carried.span.extracting(place..<place + size), column: start, grid: &grid,
          errors: &errors, at: row * size)
        grid.store(into: &blocks, at: row * rowBytes + start / size * format.blockBytes)
      }
      carry(errors, rows: rows.count, from: start, count: size, into: &carried)
    }
  }

  /// Adds the errors of a block of columns, times the factor, to all later columns.
  private func carry(
    _ errors: [Float], rows: Int, from start: Int, count: Int, into carried: inout [Float]
  ) {
    let columns = factor.columns
    let rest = columns - start - count
    guard rest > 0 else { return }
    let r = factor.factor
    for j in 0..<count {
      for row in 0..<rows {
        carried.add(
          errors[row * count + j], times: r, from: (start + j) * columns + start + count,
          to: row * columns + start + count, count: rest)
      }
    }
  }

  /// `x` with `x R = c`, for `count` values of `c` and the block of `R` at a column.
  private func solve(_ c: Span<Float>, at place: Int, column: Int, count: Int) -> [Float] {
    let columns = factor.columns
    let r = factor.factor
    var x = [Float](repeating: 0, count: count)
    for i in 0..<count { x[i] = c[place + i] }
    for k in 0..<count {
      let diagonal = (column + k) * columns + column + k
      let value = x[k] / r[diagonal]
      x[k] = value
      x.add(-value, times: r, from: diagonal + 1, to: k + 1, count: count - k - 1)
    }
    return x
  }

  /// Chooses the codes of one block.
  private func round(
    _ values: Span<Float>, carried: Span<Float>, column: Int, grid: inout BlockGrid,
    errors: inout [Float], at place: Int
  ) {
    let columns = factor.columns
    let r = factor.factor
    let count = values.count
    var local = [Float](repeating: 0, count: count)
    for i in 0..<count { local[i] = carried[i] }
    switch layout.codes {
    case .levels(_, let table):
      for i in 0..<count {
        let diagonal = (column + i) * columns + column + i
        let target = values[i] + local[i] / r[diagonal]
        let j = i / layout.subBlockSize
        let scale = grid.scales[j]
        let level = table.nearest(scale == 0 ? 0 : (target - grid.offsets[j]) / scale)
        grid.codes.numbers[i] = table.codes[level]
        let error = values[i] - grid.value(table.levels[level], at: i)
        errors[place + i] = error
        local.add(error, times: r, from: diagonal + 1, to: i + 1, count: count - i - 1)
      }
    case .points(let table):
      let search = PointSearch(table)
      for first in stride(from: 0, to: count, by: 8) {
        let solved = solve(local.span, at: first, column: column + first, count: 8)
        var target = Lanes.zero
        for i in 0..<8 { target[i] = values[first + i] + solved[i] }
        let j = first / layout.subBlockSize
        let scale = grid.scales[j]
        var stored = grid.values(ofUnit: first / 8, table)
        if scale != 0 {
          let choice = search.nearest(
            (target - grid.offsets[j]) / scale, metric: metric(at: column + first))
          grid.codes.apply(choice, unit: first / 8, pointsPerUnit: table.pointsPerUnit)
          stored = choice.values * scale + grid.offsets[j]
        }
        for i in 0..<8 {
          let error = values[first + i] - stored[i]
          errors[place + first + i] = error
          let row = (column + first + i) * columns + column + first + i
          local.add(
            error, times: r, from: row + 1, to: first + i + 1, count: count - first - i - 1)
        }
      }
    }
  }

  /// What errors of eight columns cost after all later columns have made up for them: `R Rᵀ` of the
  /// factor's diagonal block.
  private func metric(at column: Int) -> [Lanes] {
    let columns = factor.columns
    var block: [Lanes] = []
    for i in 0..<8 {
      block.append(factor.factor.span.lanes((column + i) * columns + column))
    }
    return (0..<8).map { i in
      var row = Lanes.zero
      for j in 0..<8 { row[j] = (block[i] * block[j]).sum() }
      return row
    }
  }
}

extension BlockCodes {
  /// Takes over what was chosen for a unit.
  mutating func apply(_ choice: PointSearch.Choice, unit: Int, pointsPerUnit: Int) {
    for (g, point) in choice.points.enumerated() { numbers[unit * pointsPerUnit + g] = point }
    if !signs.isEmpty { signs[unit] = choice.signs }
  }
}
