import CTensorKernels

extension CPUBackend {
  /// out = the weighted sum of the chosen experts' outputs.
  ///
  /// Each expert multiplies the rows that chose it at once. A row adds its experts in the order of
  /// their numbers, whatever other rows there are.
  public func mix(
    _ experts: Experts, routing: ExpertRouting, scores: Activations, of x: Activations,
    into out: Activations
  ) {
    let (router, target) = (host(scores), host(out))
    var members = [[(row: Int, weight: Float)]](repeating: [], count: experts.count)
    for row in 0..<x.rows {
      let values = UnsafeBufferPointer(start: router.row(row), count: scores.columns)
      for (expert, weight) in routing.choose(from: values) {
        let scale = experts.scales.isEmpty ? 1 : experts.scales[expert]
        members[expert].append((row, weight * scale))
      }
      target.row(row).update(repeating: 0, count: out.columns)
    }
    for (expert, rows) in members.enumerated() where !rows.isEmpty {
      var input = x
      if rows.count < x.rows {
        input = makeActivations(rows: rows.count, columns: x.columns)
        select(rows.map(\.row), of: x, into: input)
      }
      let hidden = makeActivations(rows: rows.count, columns: experts.ups[expert].outputs)
      if experts.gates.isEmpty {
        project(input, norm: nil, through: [experts.ups[expert]], into: [hidden])
        gate(hidden, nil, function: experts.function, into: hidden)
      } else {
        gatedProject(
          input, norm: nil, gate: experts.gates[expert], up: experts.ups[expert],
          function: experts.function, into: hidden)
      }
      let product = makeActivations(rows: rows.count, columns: out.columns)
      project(hidden, norm: nil, through: [experts.downs[expert]], into: [product])
      let source = host(product)
      forEachRow(of: rows.count, columns: out.columns) { index in
        let (row, weight) = rows[index]
        table.add_scaled(source.row(index), weight, out.columns, target.row(row))
      }
    }
  }
}
