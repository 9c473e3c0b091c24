/// Improves the blocks of one row, code by code and scale by scale: a change stays where it lowers
/// the quadratic form `e H e` of the row's errors `e`.
struct RowRefiner {
  private let factor: CompensationFactor
  private let format: any CodedFormat.Type
  private let layout: BlockLayout
  private let parameters: [BlockGrid.Parameter]
  private let blockSize: Int
  private var grids: [BlockGrid]
  /// The stored values.
  private var stored: [Float]
  /// The Hessian times the errors.
  private var gradient: [Float]
  private var trial: Trial

  /// What a trial changes in one block: the codes, the stored values and the gradient.
  private struct Trial {
    var codes: BlockCodes
    var stored: [Float]
    var gradient: [Float]
    var product: [Float]
    /// By how much the form falls.
    var gain: Float = 0
  }

  init(_ factor: CompensationFactor, format: any CodedFormat.Type) {
    self.factor = factor
    self.format = format
    layout = format.layout
    blockSize = format.blockSize
    parameters = BlockGrid.parameters(of: layout, blockSize: blockSize)
    let columns = factor.columns
    grids = [BlockGrid](
      repeating: BlockGrid(format, layout: layout), count: columns / blockSize)
    stored = [Float](repeating: 0, count: columns)
    gradient = [Float](repeating: 0, count: columns)
    let block = [Float](repeating: 0, count: blockSize)
    trial = Trial(
      codes: BlockCodes(layout), stored: block, gradient: block, product: block)
  }

  /// Takes in a row and its blocks, and gives the form of its errors.
  mutating func load(_ values: Span<Float>, blocks: RawSpan) -> Double {
    let columns = factor.columns
    var buffer = [Float](repeating: 0, count: blockSize)
    for b in grids.indices {
      let bytes = b * format.blockBytes..<(b + 1) * format.blockBytes
      grids[b].load(blocks.extracting(bytes))
      grids[b].values(in: 0..<blockSize, into: &buffer)
      for i in 0..<blockSize { stored[b * blockSize + i] = buffer[i] }
    }
    for i in 0..<columns { gradient[i] = 0 }
    for i in 0..<columns {
      gradient.add(
        values[i] - stored[i], times: factor.hessian, from: i * columns, to: 0, count: columns)
    }
    var form = 0.0
    for i in 0..<columns {
      form += Double(values[i] - stored[i]) * Double(gradient[i])
    }
    return form
  }

  /// Goes over all codes, then over all scales and minimums.
  ///
  /// - Returns: By how much the form fell.
  mutating func sweep() -> Float {
    var gain: Float = 0
    for b in grids.indices {
      gain += settleCodes(b, in: 0..<blockSize)
      for parameter in parameters { gain += settle(parameter, ofBlock: b) }
    }
    return gain
  }

  /// Writes the row's blocks.
  mutating func store(into blocks: inout MutableRawSpan, at offset: Int) {
    for b in grids.indices {
      grids[b].store(into: &blocks, at: offset + b * format.blockBytes)
    }
  }

  /// Chooses codes anew with the scales as they are.
  private mutating func settleCodes(_ b: Int, in range: Range<Int>) -> Float {
    begin(b, range)
    descend(b, range)
    guard trial.gain > 0 else { return 0 }
    commit(b, range)
    return trial.gain
  }

  /// Tries other codes for a parameter, with the codes of the values that suit them.
  private mutating func settle(_ parameter: BlockGrid.Parameter, ofBlock b: Int) -> Float {
    let old = grids[b].code(of: parameter)
    var (best, last) = (old, old)
    var bestGain: Float = 0
    for code in candidates(parameter, ofBlock: b) {
      attempt(parameter, ofBlock: b, code: code)
      last = code
      if trial.gain > bestGain {
        bestGain = trial.gain
        best = code
      }
    }
    guard best != old else {
      if last != old { grids[b].set(parameter, to: old) }
      return 0
    }
    if last != best { attempt(parameter, ofBlock: b, code: best) }
    commit(b, parameter.range)
    return bestGain
  }

  /// Gives a parameter another code, and finds out what that gains.
  private mutating func attempt(
    _ parameter: BlockGrid.Parameter, ofBlock b: Int, code: Int
  ) {
    grids[b].set(parameter, to: code)
    begin(b, parameter.range)
    move(b, parameter.range)
    descend(b, parameter.range)
  }

  /// Codes near a parameter's own and, for a half, the best one with the values' codes as they are.
  private func candidates(_ parameter: BlockGrid.Parameter, ofBlock b: Int) -> [Int] {
    let code = grids[b].code(of: parameter)
    if let codes = parameter.codes {
      guard let place = codes.firstIndex(of: code) else { return [] }
      return [place - 1, place + 1].filter { codes.indices.contains($0) }.map { codes[$0] }
    }
    let unit = HalfPrecision.float(UInt16(truncatingIfNeeded: code))
    guard unit != 0, unit.isFinite else { return [] }
    // The values' part that is proportional to the unit.
    var zeroed = grids[b]
    zeroed.set(parameter, to: 0)
    var rest = [Float](repeating: 0, count: blockSize)
    zeroed.values(in: parameter.range, into: &rest)
    var (slope, curvature) = (Float(0), Float(0))
    var products = [Float](repeating: 0, count: blockSize)
    let (hessian, columns, first) = (factor.hessian, factor.columns, b * blockSize)
    for i in 0..<blockSize {
      rest[i] = (stored[first + i] - rest[i]) / unit
      slope += rest[i] * gradient[first + i]
      products.add(
        rest[i], times: hessian, from: (first + i) * columns + first, to: 0, count: blockSize)
    }
    for i in 0..<blockSize { curvature += rest[i] * products[i] }
    let fitted = curvature > 0 ? HalfPrecision.rounded(unit + slope / curvature) : unit
    var candidates: [Int] = []
    for value in [fitted] where value != unit && value.isFinite {
      candidates.append(Int(HalfPrecision.bits(value)))
    }
    return candidates
  }

  // MARK: Trials

  /// Starts a trial that changes some values of a block.
  private mutating func begin(_ b: Int, _ range: Range<Int>) {
    let first = b * blockSize
    for i in range {
      trial.stored[i] = stored[first + i]
      trial.gradient[i] = gradient[first + i]
    }
    Self.copyCodes(of: range, blockSize: blockSize, from: grids[b].codes, to: &trial.codes)
    trial.gain = 0
  }

  /// Moves the trial's values to what the same codes say with the block's numbers as they are now.
  private mutating func move(_ b: Int, _ range: Range<Int>) {
    let (hessian, columns, first) = (factor.hessian, factor.columns, b * blockSize)
    grids[b].values(in: range, into: &trial.product)
    // The product's room holds the new values first, then what the change adds to the gradient.
    var changes = [Float](repeating: 0, count: range.count)
    for (k, i) in range.enumerated() {
      changes[k] = trial.product[i] - trial.stored[i]
      trial.stored[i] = trial.product[i]
      trial.product[i] = 0
    }
    for (k, i) in range.enumerated() where changes[k] != 0 {
      trial.product.add(
        changes[k], times: hessian, from: (first + i) * columns + first + range.lowerBound,
        to: range.lowerBound, count: range.count)
    }
    for (k, i) in range.enumerated() {
      trial.gain += changes[k] * (2 * trial.gradient[i] - trial.product[i])
      trial.gradient[i] -= trial.product[i]
    }
  }

  /// Gives each value of the trial, one after the other, the code that is best.
  private mutating func descend(_ b: Int, _ range: Range<Int>) {
    let (hessian, columns, first) = (factor.hessian, factor.columns, b * blockSize)
    switch layout.codes {
    case .levels(_, let table):
      for i in range {
        let j = i / layout.subBlockSize
        let (scale, offset) = (grids[b].scales[j], grids[b].offsets[j])
        guard scale != 0 else { continue }
        let row = (first + i) * columns + first
        let curvature = hessian[row + i]
        let target = trial.stored[i] + trial.gradient[i] / curvature
        let level = table.nearest((target - offset) / scale)
        let code = table.codes[level]
        guard code != trial.codes.numbers[i] else { continue }
        let value = scale * table.levels[level] + offset
        let change = value - trial.stored[i]
        let gain = change * (2 * trial.gradient[i] - curvature * change)
        guard gain > 0 else { continue }
        trial.codes.numbers[i] = code
        trial.stored[i] = value
        trial.gain += gain
        trial.gradient.add(
          -change, times: hessian, from: row + range.lowerBound, to: range.lowerBound,
          count: range.count)
      }
    case .points(let table):
      let search = PointSearch(table)
      for unit in range.lowerBound / 8..<range.upperBound / 8 {
        let place = 8 * unit
        let j = place / layout.subBlockSize
        let (scale, offset) = (grids[b].scales[j], grids[b].offsets[j])
        guard scale != 0 else { continue }
        var slope = Lanes.zero
        for i in 0..<8 { slope[i] = trial.gradient[place + i] }
        let inverses = factor.unitInverses
        var step = Lanes.zero
        for i in 0..<8 { step += slope[i] * inverses.span.lanes(8 * (first + place + i)) }
        var current = Lanes.zero
        for i in 0..<8 { current[i] = trial.stored[place + i] }
        let metric = (0..<8).map { i in
          hessian.span.lanes((first + place + i) * columns + first + place)
        }
        let choice = search.nearest(
          (current + step - offset) / scale, metric: metric)
        let change = choice.values * scale + offset - current
        var product = Lanes.zero
        for i in 0..<8 { product += change[i] * metric[i] }
        let gain = (change * (2 * slope - product)).sum()
        guard gain > 0 else { continue }
        trial.codes.apply(choice, unit: unit, pointsPerUnit: table.pointsPerUnit)
        trial.gain += gain
        for i in 0..<8 {
          trial.stored[place + i] = current[i] + change[i]
          trial.gradient.add(
            -change[i], times: hessian,
            from: (first + place + i) * columns + first + range.lowerBound,
            to: range.lowerBound, count: range.count)
        }
      }
    }
  }

  /// Makes the trial's codes and values the row's.
  private mutating func commit(_ b: Int, _ range: Range<Int>) {
    let (hessian, columns, first) = (factor.hessian, factor.columns, b * blockSize)
    Self.copyCodes(of: range, blockSize: blockSize, from: trial.codes, to: &grids[b].codes)
    for i in range {
      let change = trial.stored[i] - stored[first + i]
      guard change != 0 else { continue }
      stored[first + i] = trial.stored[i]
      gradient.add(
        -change, times: hessian, from: (first + i) * columns, to: 0, count: columns)
    }
  }

  private static func copyCodes(
    of range: Range<Int>, blockSize: Int, from source: BlockCodes, to target: inout BlockCodes
  ) {
    // A code stands for one value, or for four or eight.
    let size = blockSize / source.numbers.count
    for i in range.lowerBound / size..<range.upperBound / size {
      target.numbers[i] = source.numbers[i]
    }
    guard !source.signs.isEmpty else { return }
    for unit in range.lowerBound / 8..<range.upperBound / 8 {
      target.signs[unit] = source.signs[unit]
    }
  }
}
