import QuantCore
import TensorKernels
import TestSupport
import Testing

/// Every operation of the CPU backend, with every kernel set, against the reference backend.
@Suite struct BackendOperationTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var kernels: KernelSet
    var threads: Int
    var testDescription: String { "\(kernels.name), \(threads) threads" }
  }

  /// Few and small, because the reference and the plain Swift kernels are slow in debug builds;
  /// ``InvarianceTests`` compares threads and kernels with each other.
  static let settings =
    KernelSet.supported.map { Setting(kernels: $0, threads: 3) }
    + [Setting(kernels: .best, threads: 1)]
  static let seed: UInt64 = 20

  let reference = ReferenceBackend()

  func cpu(_ setting: Setting) throws -> CPUBackend {
    try CPUBackend(threads: setting.threads, kernels: setting.kernels)
  }

  /// Largest difference relative to the largest magnitude.
  func distance(_ a: [Float], _ b: [Float]) -> Float {
    #expect(a.count == b.count)
    let scale = b.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }

  /// Runs `body` on both backends and compares the matrix that it returns.
  func compare(
    _ setting: Setting, tolerance: Float = 2e-6,
    _ body: (any Backend, inout SeededRandom) throws -> Activations
  ) throws {
    let cpu = try cpu(setting)
    var random = SeededRandom(seed: Self.seed)
    let actual = try cpu.read(body(cpu, &random))
    random = SeededRandom(seed: Self.seed)
    let expected = try reference.read(body(reference, &random))
    let difference = distance(actual, expected)
    #expect(difference <= tolerance, "\(difference) apart, seed \(Self.seed)")
  }

  func activations(
    _ backend: any Backend, rows: Int, columns: Int, _ random: inout SeededRandom
  ) -> Activations {
    backend.makeActivations(
      rows: rows, columns: columns, values: random.gaussian(count: rows * columns))
  }

  func weight(
    _ backend: any Backend, outputs: Int, inputs: Int, type: TensorType = .f32,
    role: WeightRole = .matrix, _ random: inout SeededRandom
  ) throws -> Weight {
    let shape = role == .vector ? [inputs] : [inputs, outputs]
    let values = random.gaussian(count: shape.reduce(1, *))
    return try backend.prepareWeight(
      InMemoryTensor(name: "w", shape: shape, values: values, as: type), as: role)
  }

  /// With BF16 weights on activations that are bfloat16s, and on others, which are rounded first.
  @Test(
    "Float products", arguments: settings,
    [(TensorType.f32, false), (.f16, false), (.bf16, true), (.bf16, false)])
  func floatProducts(setting: Setting, inputs: (type: TensorType, areRounded: Bool)) throws {
    let (type, areRounded) = inputs
    let tolerance: Float = type == .bf16 && !areRounded ? 3e-3 : 2e-6
    for (rows, outputs, inputs) in [(1, 16, 32), (5, 50, 33), (3, 35, 260)] {
      try compare(setting, tolerance: tolerance) { backend, random in
        let values = random.gaussian(count: rows * inputs)
        let x = backend.makeActivations(
          rows: rows, columns: inputs,
          values: areRounded ? values.map { BFloat16.float(BFloat16.bits($0)) } : values)
        let weight = try weight(
          backend, outputs: outputs, inputs: inputs, type: type, &random)
        let out = backend.makeActivations(rows: rows, columns: outputs)
        backend.matmul(x, weight, into: out)
        return out
      }
    }
  }

  /// Activations are quantized to int8, which is most of the difference.
  @Test(
    "Quantized products", arguments: settings,
    [TensorType.q4_0, .q8_0, .q4K, .q6K, .q5K, .iq4NL])
  func quantizedProducts(setting: Setting, type: TensorType) throws {
    for (rows, outputs) in [(1, 16), (3, 33)] {
      try compare(setting, tolerance: 0.015) { backend, random in
        let x = activations(backend, rows: rows, columns: 512, &random)
        let weight = try weight(backend, outputs: outputs, inputs: 512, type: type, &random)
        let out = backend.makeActivations(rows: rows, columns: outputs)
        backend.matmul(x, weight, into: out)
        return out
      }
    }
  }

  @Test("Row operations", arguments: settings, [1, 4, 33])
  func rowOperations(setting: Setting, rows: Int) throws {
    try compare(setting) { backend, random in
      let x = activations(backend, rows: rows, columns: 260, &random)
      let y = activations(backend, rows: rows, columns: 260, &random)
      let norm = try weight(backend, outputs: 1, inputs: 260, role: .vector, &random)
      backend.add(x, y, into: x)
      backend.addBias(norm, to: x)
      backend.gate(x, y, function: .silu, into: y)
      let out = backend.makeActivations(rows: rows, columns: 260)
      backend.normalize(y, .rootMeanSquare(norm, epsilon: 1e-5), into: out)
      return out
    }
  }

  @Test("Looked-up and selected rows", arguments: settings)
  func gatheredRows(setting: Setting) throws {
    try compare(setting, tolerance: 0) { backend, random in
      let table = try weight(
        backend, outputs: 11, inputs: 64, type: .q8_0, role: .table, &random)
      let rows = backend.makeActivations(rows: 4, columns: 64)
      backend.gather([3, 10, 0, 3], from: table, into: rows)
      let out = backend.makeActivations(rows: 2, columns: 64)
      backend.select([1, 3], of: rows, into: out)
      return out
    }
  }

  @Test("Fused products", arguments: settings, [1, 6])
  func fusedProducts(setting: Setting, rows: Int) throws {
    try compare(setting) { backend, random in
      let x = activations(backend, rows: rows, columns: 64, &random)
      let norm = try weight(backend, outputs: 1, inputs: 64, role: .vector, &random)
      func linear(_ outputs: Int, _ inputs: Int) throws -> Linear {
        Linear(
          weight: try weight(backend, outputs: outputs, inputs: inputs, &random),
          bias: try weight(backend, outputs: 1, inputs: outputs, role: .vector, &random))
      }
      let (first, second) = (try linear(40, 64), try linear(40, 64))
      let hidden = backend.makeActivations(rows: rows, columns: 40)
      backend.gatedProject(
        x, norm: .rootMeanSquare(norm, epsilon: 1e-5), gate: first, up: second, function: .silu,
        into: hidden)
      backend.accumulate(hidden, through: try linear(64, 40), into: x)
      let outs = [24, 7].map { backend.makeActivations(rows: rows, columns: $0) }
      backend.project(
        x, norm: .rootMeanSquare(norm, epsilon: 1e-5),
        through: [try linear(24, 64), try linear(7, 64)], into: outs)
      let joined = backend.makeActivations(rows: rows, columns: 31)
      let (left, right) = (try backend.read(outs[0]), try backend.read(outs[1]))
      var values: [Float] = []
      for row in 0..<rows {
        values += left[row * 24..<(row + 1) * 24]
        values += right[row * 7..<(row + 1) * 7]
      }
      backend.write(values, to: joined)
      return joined
    }
  }

  struct Attention: Sendable {
    var heads: Int
    var shared: Int
    var dimension: Int
  }

  @Test(
    "Rotation, cache and attention", arguments: settings,
    [
      Attention(heads: 4, shared: 2, dimension: 16), Attention(heads: 3, shared: 3, dimension: 20),
      Attention(heads: 8, shared: 1, dimension: 64),
    ])
  func attention(setting: Setting, attention: Attention) throws {
    let (heads, shared, dimension) = (attention.heads, attention.shared, attention.dimension)
    for type in CacheType.allCases {
      for pairing in [Rotation.Pairing.adjacent, .halves] {
        // Rounding to the cache type can fall to either side of a tie, and where keys are quantized,
        // only the CPU backend quantizes queries, too.
        let tolerance: Float = type == .f32 ? 2e-6 : type.tensorType.isQuantized ? 2e-2 : 2e-3
        try compare(setting, tolerance: tolerance) { backend, random in
          let cache = try backend.makeCache(
            CacheShape(
              keyValueHeads: [1, shared], headDimension: dimension, capacity: 12,
              type: CacheTypes(type)))
          let out = backend.makeActivations(rows: 3, columns: heads * dimension)
          for start in [0, 3, 6] {
            let slices = [SequenceSlice(cache: cache, rows: 0..<3, start: start)]
            let angles = random.gaussian(count: 3 * (dimension / 2))
            let rotation = Rotation(
              cosines: backend.makeActivations(
                rows: 3, columns: dimension / 2, values: angles.map { 1 / (1 + $0 * $0) }),
              sines: backend.makeActivations(
                rows: 3, columns: dimension / 2, values: angles.map { $0 / (1 + $0 * $0) }),
              pairing: pairing)
            let queries = activations(backend, rows: 3, columns: heads * dimension, &random)
            let keys = activations(backend, rows: 3, columns: shared * dimension, &random)
            let values = activations(backend, rows: 3, columns: shared * dimension, &random)
            backend.rotateAndStore(
              queries: queries, keys: keys, values: values, rotation: rotation,
              headDimension: dimension, layer: 1, in: slices)
            backend.attend(
              queries,
              shape: AttentionShape(
                heads: heads, keyValueHeads: shared, headDimension: dimension), layer: 1,
              over: slices, into: out)
          }
          return out
        }
      }
    }
  }

  @Test("Two sequences in one step do not see each other", arguments: settings)
  func sequencesAreSeparate(setting: Setting) throws {
    let backend = try cpu(setting)
    let shape = AttentionShape(heads: 2, keyValueHeads: 2, headDimension: 16)
    var random = SeededRandom(seed: Self.seed)
    let inputs = (0..<3).map { _ in random.gaussian(count: 5 * 32) }
    func run(_ slices: [(rows: Range<Int>, cache: Int)], of rows: Range<Int>) throws -> [Float] {
      let caches = try (0..<2).map { _ in
        try backend.makeCache(
          CacheShape(keyValueHeads: [2], headDimension: 16, capacity: 8, type: .f16))
      }
      let slices = slices.map {
        SequenceSlice(cache: caches[$0.cache], rows: $0.rows, start: 0)
      }
      let parts = inputs.map { values in
        backend.makeActivations(
          rows: rows.count, columns: 32,
          values: Array(values[rows.lowerBound * 32..<rows.upperBound * 32]))
      }
      let out = backend.makeActivations(rows: rows.count, columns: 32)
      backend.store(keys: parts[1], values: parts[2], layer: 0, in: slices)
      backend.attend(parts[0], shape: shape, layer: 0, over: slices, into: out)
      return try backend.read(out)
    }
    let together = try run([(0..<2, 0), (2..<5, 1)], of: 0..<5)
    let first = try run([(0..<2, 0)], of: 0..<2)
    let second = try run([(0..<3, 1)], of: 2..<5)
    #expect(together == first + second)
  }

  @Test("A kernel set that the machine lacks, and wrong thread counts, are refused")
  func refusals() {
    #expect(throws: BackendError.self) { try CPUBackend(threads: 0) }
    #expect(throws: BackendError.self) { try CPUBackend(threads: 5000) }
  }

  @Test("Weights without kernels and broken shapes are refused")
  func refusedWeights() throws {
    let backend = try CPUBackend(threads: 1)
    let integers = try InMemoryTensor(
      name: "w", type: .i8, shape: [4, 4], bytes: Array(repeating: 0, count: 16))
    #expect(throws: BackendError.self) { try backend.prepare(integers, as: .matrix) }
    for role in [WeightRole.matrix, .table, .vector] {
      #expect(throws: BackendError.self) { try backend.prepare(Short(), as: role) }
    }
  }

  /// A source with fewer bytes than its shape needs.
  struct Short: TensorSource {
    let name = "short"
    let type = TensorType.f32
    let shape = [4, 4]
    func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
      let bytes: [UInt8] = [1, 2, 3]
      return try body(bytes.span.bytes)
    }
  }
}
