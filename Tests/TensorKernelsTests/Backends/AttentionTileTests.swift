import TensorKernels
import TestSupport
import Testing

/// Attention over more positions than one tile has.
@Suite struct AttentionTileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var heads = 4
    var shared = 2
    var types = CacheTypes.f16
    var window: Int?
    var isCausal = true
    var softcap: Float?
    var isLatent = false
    var testDescription: String {
      "\(heads)/\(shared), \(types), window \(window ?? 0), causal \(isCausal), latent \(isLatent)"
    }
  }

  static let cases = [
    Case(types: .f32), Case(heads: 6, shared: 1), Case(types: .q8_0, window: 100),
    Case(shared: 1, types: CacheTypes(keys: .q4_0, values: .bf16), window: 270, softcap: 2),
    Case(heads: 2, isCausal: false), Case(shared: 1, types: .q8_0, isLatent: true),
    Case(types: CacheTypes(keys: .bf16, values: .q4_0)),
  ]
  static let dimension = 32
  /// A tile has 256 positions.
  static let depth = 300
  static let seed: UInt64 = 21

  /// Stores all positions in steps of `batch` rows, and attends from the last rows.
  static func attend(
    _ test: Case, on backend: any Backend, batch: Int, last: Int, slack: Int = 512
  ) throws -> [Float] {
    var random = SeededRandom(seed: seed)
    let (queries, keys, values) = (
      random.gaussian(count: depth * test.heads * dimension),
      random.gaussian(count: depth * test.shared * dimension),
      random.gaussian(count: depth * test.shared * dimension)
    )
    let memory = LayerMemory.attention(
      heads: test.shared, keyDimension: dimension,
      valueDimension: test.isLatent ? nil : dimension,
      window: test.isCausal ? test.window : nil)
    var cacheShape = CacheShape(layers: [memory], capacity: depth, type: test.types)
    cacheShape.slidingSlack = slack
    let cache = try backend.makeCache(cacheShape)
    var shape = AttentionShape(
      heads: test.heads, keyValueHeads: test.shared, headDimension: dimension,
      valueDimension: test.isLatent ? 16 : dimension)
    (shape.window, shape.isCausal, shape.softcap) = (test.window, test.isCausal, test.softcap)
    func part(_ values: [Float], _ rows: Range<Int>) -> Activations {
      let columns = values.count / depth
      return backend.makeActivations(
        rows: rows.count, columns: columns,
        values: Array(values[rows.lowerBound * columns..<rows.upperBound * columns]))
    }
    var result: [Float] = []
    for start in stride(from: 0, to: depth, by: batch) {
      let rows = start..<min(start + batch, depth)
      let slice = SequenceSlice(cache: cache, rows: 0..<rows.count, start: start)
      backend.store(keys: part(keys, rows), values: part(values, rows), layer: 0, in: [slice])
      guard rows.upperBound > depth - last else { continue }
      let out = backend.makeActivations(
        rows: rows.count, columns: test.heads * shape.valueDimension)
      backend.attend(part(queries, rows), shape: shape, layer: 0, over: [slice], into: out)
      result += try backend.read(out)
    }
    return result.suffix(last * test.heads * shape.valueDimension)
  }

  @Test("As the reference backend", arguments: cases)
  func equalsReference(test: Case) throws {
    let last = 2
    let actual = try Self.attend(
      test, on: CPUBackend(threads: 2), batch: test.isCausal ? 64 : Self.depth, last: last)
    let expected = try Self.attend(
      test, on: ReferenceBackend(), batch: Self.depth, last: last)
    let scale = expected.reduce(0) { max($0, abs($1)) }
    let difference = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    let tolerance: Float = test.types == .f32 ? 1e-5 : 2e-2
    #expect(difference <= tolerance * scale, "\(difference) of \(scale), seed \(Self.seed)")
  }

  @Test("The same bits for every number of threads, step size and slack", arguments: cases)
  func isInvariant(test: Case) throws {
    let last = 9
    let expected = try Self.attend(
      test, on: CPUBackend(threads: 1), batch: Self.depth, last: last)
    guard test.isCausal else {
      #expect(
        try Self.attend(test, on: CPUBackend(threads: 3), batch: Self.depth, last: last)
          == expected)
      return
    }
    for (threads, batch, slack) in [(3, 1, 5), (2, 7, 40), (4, 40, 512)] {
      let actual = try Self.attend(
        test, on: CPUBackend(threads: threads), batch: batch, last: last, slack: slack)
      #expect(actual == expected, "\(threads) threads, \(batch) rows, slack \(slack)")
    }
  }
}
