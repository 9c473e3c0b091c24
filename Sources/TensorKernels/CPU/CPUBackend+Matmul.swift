import CTensorKernels

extension CPUBackend {
  /// out = x · Wᵀ.
  public func matmul(_ x: Activations, _ weight: Weight, into out: Activations) {
    multiply(x, by: [Product(weight: matrix(weight), out: .store(host(out), bias: nil))])
  }

  /// outs[i] = linears[i](norm(x)), with one quantization of the normalized rows.
  public func project(
    _ x: Activations, norm: Normalization?, through linears: [Linear], into outs: [Activations]
  ) {
    let (source, fused) = fusible(x, norm)
    multiply(
      source, norm: fused,
      by: zip(linears, outs).map { linear, out in
        Product(
          weight: matrix(linear.weight),
          out: .store(host(out), bias: linear.bias.map { vector($0) }))
      })
    guard linears.contains(where: { !$0.updates.isEmpty }) else { return }
    let normalized = normalized(x, norm)
    for (linear, out) in zip(linears, outs) { addUpdates(of: linear, to: out, from: normalized) }
  }

  /// residual += linear(x).
  public func accumulate(_ x: Activations, through linear: Linear, into residual: Activations) {
    multiply(
      x,
      by: [
        Product(
          weight: matrix(linear.weight),
          out: .add(host(residual), bias: linear.bias.map { vector($0) }))
      ])
    addUpdates(of: linear, to: residual, from: x)
  }

  /// out = function(gate(norm(x))) · up(norm(x)), combined while the products are in cache.
  public func gatedProject(
    _ x: Activations, norm: Normalization?, gate: Linear, up: Linear,
    function: ActivationFunction, into out: Activations
  ) {
    guard gate.updates.isEmpty, up.updates.isEmpty else {
      // The function takes the products with the updates added.
      let upper = makeActivations(rows: out.rows, columns: out.columns)
      project(x, norm: norm, through: [gate, up], into: [out, upper])
      self.gate(out, upper, function: function, into: out)
      return
    }
    let (x, norm) = fusible(x, norm)
    multiply(
      x, norm: norm,
      by: [
        Product(
          weight: matrix(gate.weight),
          out: .gate(
            host(out), bias: gate.bias.map { vector($0) },
            Gated(
              up: matrix(up.weight), upBias: up.bias.map { vector($0) }, function: function)))
      ])
  }
}

extension CPUBackend {
  /// A norm applied to the rows before they are multiplied.
  fileprivate struct Norm {
    var weight: FloatVector
    var epsilon: Float
  }

  /// The upper branch of a gated product.
  fileprivate struct Gated {
    var up: PanelMatrix
    var upBias: FloatVector?
    var function: ActivationFunction
  }

  /// One weight and what becomes of its product.
  fileprivate struct Product {
    enum Epilogue {
      case store(CPUActivations, bias: FloatVector?)
      case add(CPUActivations, bias: FloatVector?)
      case gate(CPUActivations, bias: FloatVector?, Gated)
    }

    var weight: PanelMatrix
    var out: Epilogue

    /// The weights: a gated product's upper branch too.
    var weights: (PanelMatrix, PanelMatrix?) {
      if case .gate(_, _, let gated) = out { (weight, gated.up) } else { (weight, nil) }
    }

    /// The bytes that making a panel of the weights needs.
    var scratchBytes: Int {
      let (weight, upper) = weights
      return max(weight.scratchBytes, upper?.scratchBytes ?? 0)
    }

    /// Says that each panel is going to be asked for `times` times.
    func willBeUsed(times: Int, on pool: WorkerPool) {
      let (weight, upper) = weights
      weight.willBeUsed(times: times, on: pool)
      upper?.willBeUsed(times: times, on: pool)
    }
  }

  /// A rectangle of a product: some panels by some rows.
  private struct Tile {
    var panels: Range<Int>
    var rows: Range<Int>
  }

  /// Weights of a task: long enough to hide the scheduling, short enough to balance it. Float kernels
  /// read four panels side by side for a single row; with many rows, sums are kept of sixteen.
  private static func tilePanels(rows: Int, panelBytes: Int) -> Int {
    rows < 16 ? max(4, (96 << 10) / panelBytes) : max(16, (256 << 10) / panelBytes)
  }

  /// A norm that is applied while rows are prepared; any other is applied first.
  private func fusible(_ x: Activations, _ norm: Normalization?) -> (Activations, Norm?) {
    guard let norm, norm.kind == .rootMeanSquare, norm.bias == nil, norm.size == x.columns,
      let weight = norm.weight
    else { return (normalized(x, norm), nil) }
    return (x, Norm(weight: vector(weight), epsilon: norm.epsilon))
  }

  private func multiply(_ x: Activations, norm: Norm? = nil, by products: [Product]) {
    guard x.rows > 0 else { return }
    let rows = prepare(x, norm: norm, for: products)

    // Tasks in order: blocks of rows outermost, so that their activations stay in cache.
    let rowBlock = min(x.rows, ArrangedRows.groupRows)
    let rowBlocks = (x.rows + rowBlock - 1) / rowBlock
    var firstTask = [0]
    var panelsPerTask: [Int] = []
    for product in products {
      product.willBeUsed(times: rowBlocks, on: pool)
      let count = product.weight.panelCount
      let bytes = max(product.weight.panelBytes, 1)
      let fair = max(1, count / (threadCount * 2))
      let panels = min(Self.tilePanels(rows: x.rows, panelBytes: bytes), fair)
      panelsPerTask.append(panels)
      firstTask.append((firstTask.last ?? 0) + (count + panels - 1) / panels)
    }
    let tasksPerBlock = firstTask.last ?? 0
    let widest = zip(panelsPerTask, products).reduce(0) { widest, pair in
      if case .store(_, bias: nil) = pair.1.out { return widest }
      return max(widest, pair.0 * Int(TK_PANEL_ROWS))
    }
    // For each worker: rows of two products, then panels that are made for a task.
    let made = zip(panelsPerTask, products).map { $0 * $1.scratchBytes }.max() ?? 0
    let workerBytes = (2 * rowBlock * widest * 4 + made).rounded(upTo: AlignedMemory.alignment)
    let temporary = Scratch(byteCount: threadCount * workerBytes, from: scratch)

    pool.run(tasks: rowBlocks * tasksPerBlock) { task, worker in
      let block = task / tasksPerBlock
      let position = task % tasksPerBlock
      var index = 0
      while position >= firstTask[index + 1] { index += 1 }
      let product = products[index]
      let panel = (position - firstTask[index]) * panelsPerTask[index]
      let tile = Tile(
        panels: panel..<min(panel + panelsPerTask[index], product.weight.panelCount),
        rows: block * rowBlock..<min((block + 1) * rowBlock, x.rows))
      finish(
        product, tile: tile, rows: rows,
        temporary: temporary.floats(at: worker * workerBytes / 4),
        made: temporary.pointer + worker * workerBytes + 2 * rowBlock * widest * 4)
    }
  }

  private func finish(
    _ product: Product, tile: Tile, rows: PreparedForms,
    temporary: UnsafeMutablePointer<Float>, made: UnsafeMutableRawPointer
  ) {
    let first = tile.panels.lowerBound * Int(TK_PANEL_ROWS)
    let width = tile.panels.count * Int(TK_PANEL_ROWS)
    switch product.out {
    case .store(let out, let bias):
      let target = out.row(tile.rows.lowerBound) + first
      multiply(
        product.weight, tile: tile, rows: rows, made: made, into: target, stride: out.stride)
      guard let bias else { return }
      for row in tile.rows {
        table.add(out.row(row) + first, bias.values + first, width, out.row(row) + first)
      }
    case .add(let out, let bias):
      multiply(
        product.weight, tile: tile, rows: rows, made: made, into: temporary, stride: width)
      for (index, row) in tile.rows.enumerated() {
        let values = temporary + index * width
        if let bias { table.add(values, bias.values + first, width, values) }
        table.add(out.row(row) + first, values, width, out.row(row) + first)
      }
    case .gate(let out, let bias, let gated):
      let upper = temporary + tile.rows.count * width
      multiply(
        product.weight, tile: tile, rows: rows, made: made, into: temporary, stride: width)
      multiply(gated.up, tile: tile, rows: rows, made: made, into: upper, stride: width)
      for (index, row) in tile.rows.enumerated() {
        let lower = temporary + index * width
        let upper = upper + index * width
        if let bias { table.add(lower, bias.values + first, width, lower) }
        if let bias = gated.upBias { table.add(upper, bias.values + first, width, upper) }
        apply(gated.function, lower, upper, width, into: out.row(row) + first)
      }
    }
  }

  private func multiply(
    _ weight: PanelMatrix, tile: Tile, rows: PreparedForms,
    made: UnsafeMutableRawPointer, into out: UnsafeMutablePointer<Float>, stride: Int
  ) {
    var activations = rows.activations(for: weight, from: tile.rows.lowerBound)
    weight.product(
      weight.panels(tile.panels, using: made), tile.panels.count, &activations, tile.rows.count,
      out, stride)
  }

  /// Normalizes the rows if asked to, and makes each form of them that a product reads.
  private func prepare(_ x: Activations, norm: Norm?, for products: [Product]) -> PreparedForms {
    let source = host(x)
    var floats = source
    if norm != nil { floats = CPUActivations(rows: x.rows, columns: x.columns, from: scratch) }
    var forms = PreparedForms(floats, rows: x.rows, columns: x.columns)
    for product in products {
      let (weight, upper) = product.weights
      forms.add(weight, from: scratch)
      if let upper { forms.add(upper, from: scratch) }
    }
    guard norm != nil || forms.needsPreparing else { return forms }
    let prepared = forms
    forEachRow(of: x.rows, columns: x.columns) { row in
      if let norm {
        table.rms_norm(
          source.row(row), norm.weight.values, x.columns, norm.epsilon, floats.row(row))
      }
      prepared.prepare(row, with: table)
    }
    return forms
  }

  /// Calls `body` for each row, on all threads when there is enough to do.
  func forEachRow(of rows: Int, columns: Int, _ body: (Int) -> Void) {
    guard rows > 1, rows * columns > 8192 else {
      for row in 0..<rows { body(row) }
      return
    }
    let chunk = max(1, min(16, rows / (threadCount * 2)))
    pool.run(tasks: (rows + chunk - 1) / chunk) { task, _ in
      for row in task * chunk..<min((task + 1) * chunk, rows) { body(row) }
    }
  }
}
