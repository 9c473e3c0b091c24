import CTensorKernels

extension CPUBackend {
  /// out = x · Wᵀ.
  public func matmul(_ x: Activations, _ weight: Weight, into out: Activations) {
    multiply(x, by: [MatrixProduct(weight: matrix(weight), out: .store(host(out), bias: nil))])
  }

  /// outs[i] = linears[i](norm(x)), with one quantization of the normalized rows.
  public func project(
    _ x: Activations, norm: Normalization?, through linears: [Linear], into outs: [Activations]
  ) {
    let (source, fused) = fusible(x, norm)
    multiply(
      source, norm: fused,
      by: zip(linears, outs).map { linear, out in
        MatrixProduct(
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
        MatrixProduct(
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
        MatrixProduct(
          weight: matrix(gate.weight),
          out: .gate(
            host(out), bias: gate.bias.map { vector($0) },
            MatrixProduct.Gated(
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

  /// A norm that is applied while rows are prepared; any other is applied first.
  private func fusible(_ x: Activations, _ norm: Normalization?) -> (Activations, Norm?) {
    guard let norm, norm.kind == .rootMeanSquare, norm.bias == nil, norm.size == x.columns,
      let weight = norm.weight
    else { return (normalized(x, norm), nil) }
    return (x, Norm(weight: vector(weight), epsilon: norm.epsilon))
  }

  private func multiply(_ x: Activations, norm: Norm? = nil, by products: [MatrixProduct]) {
    guard x.rows > 0 else { return }
    let rows = prepare(x, norm: norm, for: products)
    let blocks = RowBlocks(rows: x.rows, perBlock: min(x.rows, ArrangedRows.groupRows))
    var plans: [ProductPlan] = []
    for product in products {
      product.forEachWeight { $0.willBeUsed(times: blocks.count, on: pool) }
      plans.append(
        ProductPlan(
          product, rows: rows, blocks: blocks, firstTask: plans.last?.tasks.upperBound ?? 0,
          threadCount: threadCount))
    }
    let workerBytes = (plans.map { $0.scratchBytes(for: blocks) }.max() ?? 0)
      .rounded(upTo: AlignedMemory.alignment)
    let temporary = Scratch(byteCount: threadCount * workerBytes, from: scratch)
    let memory = temporary.pointer

    withExtendedLifetime((products, rows, temporary)) {
      plans.withUnsafeBufferPointer { plans in
        pool.run(tasks: plans.last?.tasks.upperBound ?? 0) { task, worker in
          var index = 0
          while task >= plans[index].tasks.upperBound { index += 1 }
          finish(plans[index], task: task, of: blocks, in: memory + worker * workerBytes)
        }
      }
    }
  }

  /// One task of a product.
  private func finish(
    _ plan: ProductPlan, task: Int, of blocks: RowBlocks, in memory: UnsafeMutableRawPointer
  ) {
    let (rows, panels) = plan.part(task: task, of: blocks)
    let first = panels.lowerBound * Int(TK_PANEL_ROWS)
    let width = panels.count * Int(TK_PANEL_ROWS)
    let target = plan.out + rows.lowerBound * plan.stride + first
    let temporary = memory.assumingMemoryBound(to: Float.self)
    let made = memory + plan.temporaryBytes(for: blocks)
    switch plan.use {
    case .store:
      plan.weight.multiply(rows, by: panels, made: made, into: target, stride: plan.stride)
      guard let bias = plan.weight.bias else { return }
      for row in 0..<rows.count {
        let values = target + row * plan.stride
        table.add(values, bias + first, width, values)
      }
    case .add:
      plan.weight.multiply(rows, by: panels, made: made, into: temporary, stride: width)
      for row in 0..<rows.count {
        let (values, sum) = (temporary + row * width, target + row * plan.stride)
        if let bias = plan.weight.bias { table.add(values, bias + first, width, values) }
        table.add(sum, values, width, sum)
      }
    case .gate(let up, let function):
      let upper = temporary + rows.count * width
      plan.weight.multiply(rows, by: panels, made: made, into: temporary, stride: width)
      up.multiply(rows, by: panels, made: made, into: upper, stride: width)
      for row in 0..<rows.count {
        let (lower, upper) = (temporary + row * width, upper + row * width)
        if let bias = plan.weight.bias { table.add(lower, bias + first, width, lower) }
        if let bias = up.bias { table.add(upper, bias + first, width, upper) }
        apply(function, lower, upper, width, into: target + row * plan.stride)
      }
    }
  }

  /// Normalizes the rows if asked to, and makes each form of them that a product reads.
  private func prepare(
    _ x: Activations, norm: Norm?, for products: [MatrixProduct]
  ) -> PreparedForms {
    let source = host(x)
    var floats = source
    if norm != nil { floats = CPUActivations(rows: x.rows, columns: x.columns, from: scratch) }
    let forms = PreparedForms(floats, rows: x.rows, columns: x.columns)
    for product in products {
      product.forEachWeight { forms.add($0, from: scratch) }
    }
    guard norm != nil || forms.needsPreparing else { return forms }
    forEachRow(of: x.rows, columns: x.columns) { row in
      if let norm {
        table.rms_norm(
          source.row(row), norm.weight.values, x.columns, norm.epsilon, floats.row(row))
      }
      forms.prepare(row, with: table)
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
