// Operations that carry a state from row to row.
extension CPUBackend {
  /// A causal convolution of each feature.
  public func convolve(
    _ x: Activations, kernel: Weight, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let (source, target, kernel) = (host(x), host(out), vector(kernel))
    let channels = x.columns
    let (taps, history) = (kernel.count / channels, kernel.count / channels - 1)
    for slice in slices {
      guard let states = host(slice.cache).advanceConvolution(layer: layer, over: slice.positions)
      else { preconditionFailure("layer \(layer) keeps no inputs of a convolution") }
      /// The input `index` rows after the first new one, nil for zeros.
      func input(_ index: Int) -> UnsafePointer<Float>? {
        if index >= 0 { return UnsafePointer(source.row(slice.rows.lowerBound + index)) }
        return states.source.map { UnsafePointer($0 + (history + index) * channels) }
      }
      forEachRow(of: slice.rows.count, columns: channels * taps) { index in
        let result = target.row(slice.rows.lowerBound + index)
        result.update(repeating: 0, count: channels)
        for tap in 0..<taps {
          guard let values = input(index - history + tap) else { continue }
          let weights = kernel.values + tap
          for channel in 0..<channels {
            result[channel] += weights[channel * taps] * values[channel]
          }
        }
      }
      for kept in 0..<history {
        let place = states.target + kept * channels
        if let values = input(slice.rows.count - history + kept) {
          place.update(from: values, count: channels)
        } else {
          place.update(repeating: 0, count: channels)
        }
      }
    }
  }

  /// Advances recurrent states, a head per task.
  public func recur(
    _ rule: DeltaRule, _ input: DeltaRuleInput, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let size = rule.keyDimension * rule.valueDimension
    let memory = Scratch(byteCount: threadCount * rule.valueDimension * 4, from: scratch)
    let rows = HostRows(
      queries: host(input.queries), keys: host(input.keys), values: host(input.values),
      alpha: host(input.alpha), beta: host(input.beta), out: host(out))
    for slice in slices {
      guard let states = host(slice.cache).advanceRecurrence(layer: layer, over: slice.positions)
      else { preconditionFailure("layer \(layer) keeps no recurrent state") }
      pool.run(tasks: rule.valueHeads) { head, worker in
        let state = states.target + head * size
        if let old = states.source {
          state.update(from: old + head * size, count: size)
        } else {
          state.update(repeating: 0, count: size)
        }
        let known = memory.floats(at: worker * rule.valueDimension)
        for row in slice.rows {
          advance(state, head: head, row: row, rule: rule, rows: rows, known: known)
        }
      }
    }
  }

  private struct HostRows {
    let queries: CPUActivations
    let keys: CPUActivations
    let values: CPUActivations
    let alpha: CPUActivations
    let beta: CPUActivations
    let out: CPUActivations
  }

  /// One row of one head; `known` is room for what the state answers to the key.
  private func advance(
    _ state: UnsafeMutablePointer<Float>, head: Int, row: Int, rule: DeltaRule, rows: HostRows,
    known: UnsafeMutablePointer<Float>
  ) {
    let (count, width) = (rule.keyDimension, rule.valueDimension)
    let first = rule.keyHead(of: head) * count
    let (query, key) = (rows.queries.row(row) + first, rows.keys.row(row) + first)
    let value = rows.values.row(row) + head * width
    let answer = rows.out.row(row) + head * width
    let kept = Self.forgetting(
      rows.alpha.row(row)[head] + rule.bias[head], decay: rule.decay[head])
    let rate = 1 / (1 + ScalarKernels.exp(-rows.beta.row(row)[head]))

    known.update(repeating: 0, count: width)
    for i in 0..<count {
      let (line, k) = (state + i * width, key[i])
      for j in 0..<width {
        line[j] *= kept
        known[j] += k * line[j]
      }
    }
    for j in 0..<width { known[j] = rate * (value[j] - known[j]) }
    answer.update(repeating: 0, count: width)
    for i in 0..<count {
      let (line, k, q) = (state + i * width, key[i], query[i] * rule.scale)
      for j in 0..<width {
        line[j] += k * known[j]
        answer[j] += q * line[j]
      }
    }
  }
}
