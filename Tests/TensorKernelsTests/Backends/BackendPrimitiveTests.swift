import QuantCore
import TensorKernels
import TestSupport
import Testing

/// The primitives that few families use, against the reference backend.
@Suite struct BackendPrimitiveTests {
  static let seed: UInt64 = 31
  static let reference = ReferenceBackend()

  /// A backend with random inputs, the same for every backend.
  struct Bench {
    let backend: any Backend
    var random = SeededRandom(seed: seed)

    mutating func matrix(_ rows: Int, _ columns: Int, scale: Float = 1) -> Activations {
      backend.makeActivations(
        rows: rows, columns: columns,
        values: random.gaussian(count: rows * columns, scale: scale))
    }

    mutating func weight(_ shape: [Int], as role: WeightRole = .vector) throws -> Weight {
      let values = random.gaussian(count: shape.reduce(1, *), scale: 0.5)
      return try backend.prepareWeight(
        InMemoryTensor(name: "w", shape: shape, values: values), as: role)
    }

    mutating func linear(_ outputs: Int, _ inputs: Int) throws -> Linear {
      Linear(weight: try weight([inputs, outputs], as: .matrix), bias: try weight([outputs]))
    }
  }

  /// The same on one thread and on three, and within `tolerance` of the reference.
  func compare(
    tolerance: Float = 3e-6, _ body: (inout Bench) throws -> [Activations]
  ) throws {
    func run(_ backend: any Backend) throws -> [Float] {
      var bench = Bench(backend: backend)
      return try body(&bench).flatMap { try backend.read($0) }
    }
    let (actual, expected) = (try run(CPUBackend(threads: 3)), try run(Self.reference))
    #expect(actual == (try run(CPUBackend(threads: 1))), "threads, seed \(Self.seed)")
    #expect(actual.count == expected.count)
    let scale = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    let difference = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
    #expect(difference <= tolerance, "\(difference) apart, seed \(Self.seed)")
  }

  @Test(
    "Norms of rows and of heads",
    arguments: [Normalization.Kind.rootMeanSquare, .standard, .euclidean])
  func norms(kind: Normalization.Kind) throws {
    try compare { bench in
      let x = bench.matrix(3, 60, scale: 4)
      var norms = [Normalization(kind, size: 60, epsilon: 1e-3)]
      norms.append(Normalization(kind, size: 20, epsilon: 1e-3, weight: try bench.weight([20])))
      norms.append(
        Normalization(
          kind, size: 20, epsilon: 1e-3, weight: try bench.weight([20, 3]),
          bias: try bench.weight([60])))
      let backend = bench.backend
      let outs = norms.map { backend.normalized(x, $0) }
      backend.normalize(x, norms[1], into: x)
      return outs + [x]
    }
  }

  static let functions: [ActivationFunction] = [
    .identity, .silu, .gelu, .geluTanh, .geluQuick, .squaredReLU, .sigmoid, .scale(by: -1.5),
    .softcap(3), .clampedSwish(slope: 1.702, limit: 2),
  ]

  @Test("Functions, gated and plain", arguments: functions)
  func activations(function: ActivationFunction) throws {
    try compare { bench in
      let (x, y, column) = (
        bench.matrix(4, 37, scale: 3), bench.matrix(4, 37, scale: 2), bench.matrix(4, 1)
      )
      let backend = bench.backend
      let outs = (0..<2).map { _ in backend.makeActivations(rows: 4, columns: 37) }
      backend.gate(x, nil, function: function, into: outs[0])
      backend.gate(x, y, function: function, into: outs[1])
      backend.gate(y, x, function: function, into: y)
      if case .clampedSwish = function { return outs + [y] }
      backend.gate(column, x, function: function, into: x)
      return outs + [x, y]
    }
  }

  @Test("Runs of columns")
  func columns() throws {
    try compare(tolerance: 0) { bench in
      let (x, out) = (bench.matrix(3, 40), bench.matrix(3, 24))
      bench.backend.copyColumns(
        ColumnRuns(count: 4, width: 5, from: (3, 9), to: (1, 6)), of: x, into: out)
      return [out]
    }
  }

  static let routings: [ExpertRouting] = {
    var grouped = ExpertRouting(chosen: 3, scoring: .sigmoid, normalizes: true)
    grouped.groups = (3, 2)
    grouped.bias = [0.1, -0.2, 0.3, 0, 0.2, -0.1]
    grouped.scale = 2.5
    return [
      ExpertRouting(chosen: 2, normalizes: true), ExpertRouting(chosen: 6, normalizes: false),
      ExpertRouting(chosen: 2, scoring: .softmaxOfChosen, normalizes: false), grouped,
    ]
  }()

  @Test("Mixtures of experts", arguments: 0..<4, [true, false])
  func experts(routing: Int, isGated: Bool) throws {
    try compare { bench in
      func linears(_ outputs: Int, _ inputs: Int) throws -> [Linear] {
        try (0..<6).map { _ in try bench.linear(outputs, inputs) }
      }
      let experts = Experts(
        gates: isGated ? try linears(20, 24) : [], ups: try linears(20, 24),
        downs: try linears(24, 20), function: .silu,
        scales: isGated ? [] : [1, 2, 0.5, 1, 3, 1])
      let (x, scores) = (bench.matrix(7, 24), bench.matrix(7, 6))
      let out = bench.backend.makeActivations(rows: 7, columns: 24)
      bench.backend.mix(
        experts, routing: Self.routings[routing], scores: scores, of: x, into: out)
      return [out]
    }
  }

  @Test("A choice of experts: ties, groups and scores that are no numbers")
  func choice() {
    let two = ExpertRouting(chosen: 2, normalizes: true)
    #expect(two.choose(from: [1, 1, 1]).map(\.expert) == [0, 1])
    #expect(two.choose(from: [.nan, 0, 0]).map(\.expert) == [1, 2])
    #expect(two.choose(from: [0, 5, 5]).map(\.weight) == [0.5, 0.5])
    // The best two of a group decide, so the group of the single best expert loses.
    var grouped = ExpertRouting(chosen: 1, scoring: .sigmoid, normalizes: false)
    grouped.groups = (2, 1)
    #expect(grouped.choose(from: [3, -9, 2, 2]).map(\.expert) == [2])
  }

  /// A cache for one layer, and slices of a sequence of nine rows.
  func steps(
    _ memory: LayerMemory, on backend: any Backend, slack: Int = 4
  ) throws -> [(rows: Range<Int>, slice: SequenceSlice)] {
    var shape = CacheShape(layers: [memory], capacity: 16, type: .f32)
    shape.slidingSlack = slack
    let cache = try backend.makeCache(shape)
    return [0..<4, 4..<5, 5..<9].map { rows in
      (rows, SequenceSlice(cache: cache, rows: 0..<rows.count, start: rows.lowerBound))
    }
  }

  func part(_ rows: Range<Int>, of x: Activations, on backend: any Backend) -> Activations {
    let part = backend.makeActivations(rows: rows.count, columns: x.columns)
    backend.select(Array(rows), of: x, into: part)
    return part
  }

  @Test("A causal convolution, step by step")
  func convolution() throws {
    try compare { bench in
      let (x, kernel) = (bench.matrix(9, 20), try bench.weight([4, 20]))
      var memory = LayerMemory()
      memory.convolution = .init(channels: 20, history: 3)
      let backend = bench.backend
      return try steps(memory, on: backend).map { rows, slice in
        let out = backend.makeActivations(rows: rows.count, columns: 20)
        backend.convolve(
          part(rows, of: x, on: backend), kernel: kernel, layer: 0, over: [slice], into: out)
        return out
      }
    }
  }

  @Test("A delta rule, step by step", arguments: [DeltaRule.Sharing.consecutive, .interleaved])
  func deltaRule(sharing: DeltaRule.Sharing) throws {
    try compare(tolerance: 1e-5) { bench in
      let rule = DeltaRule(
        keyHeads: 2, valueHeads: 4, keyDimension: 12, valueDimension: 20, sharing: sharing,
        decay: [-0.1, -1, -3, -0.5], bias: [0.3, 0, -1, 40])
      let all = [24, 24, 80, 4, 4].map { bench.matrix(9, $0, scale: 0.5) }
      var memory = LayerMemory()
      memory.recurrence = .init(heads: 4, keyDimension: 12, valueDimension: 20)
      let backend = bench.backend
      return try steps(memory, on: backend).map { rows, slice in
        let parts = all.map { part(rows, of: $0, on: backend) }
        let out = backend.makeActivations(rows: rows.count, columns: 80)
        backend.recur(
          rule,
          DeltaRuleInput(
            queries: parts[0], keys: parts[1], values: parts[2], alpha: parts[3],
            beta: parts[4]),
          layer: 0, over: [slice], into: out)
        return out
      }
    }
  }

  enum Variant: CaseIterable { case plain, window, softcap, sinks, bothWays, latent, all }

  @Test(
    "Attention with a window, bounded scores, sinks, to both sides", arguments: Variant.allCases)
  func attention(variant: Variant) throws {
    try compare { bench in
      let valueSize = variant == .latent ? 8 : 20
      var shape = AttentionShape(
        heads: 6, keyValueHeads: 2, headDimension: 12, valueDimension: valueSize)
      shape.window = [.window, .all].contains(variant) ? 3 : nil
      shape.softcap = [.softcap, .all].contains(variant) ? 1.5 : nil
      shape.sinks = [.sinks, .all].contains(variant) ? try bench.weight([6]) : nil
      shape.isCausal = variant != .bothWays
      let (queries, keys, values) = (
        bench.matrix(9, 72, scale: 2), bench.matrix(9, 24), bench.matrix(9, 40)
      )
      let memory = LayerMemory.attention(
        heads: 2, keyDimension: 12, valueDimension: variant == .latent ? nil : 20,
        window: shape.window)
      let backend = bench.backend
      return try steps(memory, on: backend).map { rows, slice in
        backend.store(
          keys: part(rows, of: keys, on: backend), values: part(rows, of: values, on: backend),
          layer: 0, in: [slice])
        let out = backend.makeActivations(rows: rows.count, columns: 6 * valueSize)
        backend.attend(
          part(rows, of: queries, on: backend), shape: shape, layer: 0, over: [slice], into: out)
        return out
      }
    }
  }
}
