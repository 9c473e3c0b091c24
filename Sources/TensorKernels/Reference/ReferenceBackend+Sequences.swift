#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ReferenceBackend {
  /// out = the weighted sum of the chosen experts' outputs.
  public func mix(
    _ experts: Experts, routing: ExpertRouting, scores: Activations, of x: Activations,
    into out: Activations
  ) {
    var result: [Float] = []
    for row in 0..<x.rows {
      let input = makeActivations(rows: 1, columns: x.columns)
      select([row], of: x, into: input)
      var sum = [Double](repeating: 0, count: out.columns)
      let all = rows(scores).values[row * scores.columns..<(row + 1) * scores.columns]
      for (expert, weight) in routing.choose(from: all) {
        let hidden = makeActivations(rows: 1, columns: experts.ups[expert].outputs)
        apply(experts.ups[expert], to: input, into: hidden)
        if experts.gates.isEmpty {
          gate(hidden, nil, function: experts.function, into: hidden)
        } else {
          let gates = makeActivations(rows: 1, columns: hidden.columns)
          apply(experts.gates[expert], to: input, into: gates)
          gate(gates, hidden, function: experts.function, into: hidden)
        }
        let output = makeActivations(rows: 1, columns: out.columns)
        apply(experts.downs[expert], to: hidden, into: output)
        let factor = Double(weight) * Double(experts.scales.isEmpty ? 1 : experts.scales[expert])
        for (column, value) in rows(output).values.enumerated() {
          sum[column] += factor * Double(value)
        }
      }
      result += sum.map { Float($0) }
    }
    rows(out).values = result
  }

  /// A causal convolution of each feature.
  public func convolve(
    _ x: Activations, kernel: Weight, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let (source, target, kernel) = (rows(x).values, rows(out), values(kernel))
    let (channels, taps) = (x.columns, kernel.count / x.columns)
    for slice in slices {
      let cache = cache(slice.cache)
      let first = slice.rows.lowerBound * channels
      let new = source[first..<first + slice.rows.count * channels]
      // What was kept, and then the new rows.
      let inputs = cache.advanceConvolution(layer: layer, over: slice.positions) { old in
        old + new
      }
      for row in 0..<slice.rows.count {
        for channel in 0..<channels {
          let sum = (0..<taps).reduce(0.0) { sum, tap in
            sum + Double(kernel[channel * taps + tap])
              * Double(inputs[(row + tap) * channels + channel])
          }
          target.values[first + row * channels + channel] = Float(sum)
        }
      }
    }
  }

  /// Advances recurrent states.
  public func recur(
    _ rule: DeltaRule, _ input: DeltaRuleInput, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let (queries, keys) = (rows(input.queries).values, rows(input.keys).values)
    let (values, target) = (rows(input.values).values, rows(out))
    let (alphas, betas) = (rows(input.alpha).values, rows(input.beta).values)
    let (keySize, valueSize) = (rule.keyDimension, rule.valueDimension)
    for slice in slices {
      cache(slice.cache).advanceState(layer: layer, over: slice.positions) { state in
        for row in slice.rows {
          for head in 0..<rule.valueHeads {
            let gate = row * rule.valueHeads + head
            let time = Double(alphas[gate]) + Double(rule.bias[head])
            let softplus = max(time, 0) + log1p(exp(-abs(time)))
            let kept = exp(Double(rule.decay[head]) * softplus)
            let rate = 1 / (1 + exp(-Double(betas[gate])))
            let key = (row * rule.keyHeads + rule.keyHead(of: head)) * keySize
            for column in 0..<valueSize {
              let first = head * keySize * valueSize + column
              var known = 0.0
              for i in 0..<keySize {
                let old = Double(state[first + i * valueSize]) * kept
                state[first + i * valueSize] = Float(old)
                known += old * Double(keys[key + i])
              }
              let place = gate * valueSize + column
              let correction = (Double(values[place]) - known) * rate
              var answer = 0.0
              for i in 0..<keySize {
                let new =
                  Double(state[first + i * valueSize]) + Double(keys[key + i]) * correction
                state[first + i * valueSize] = Float(new)
                answer += new * Double(queries[key + i])
              }
              target.values[place] = Float(answer * Double(rule.scale))
            }
          }
        }
      }
    }
  }
}
