import GGUFKit
import LlamaModel
import QuantCore
import Sampling
import TensorKernels
import Testing

// Only public API: what a package that depends on this one can do. Every protocol is conformed to
// from outside and used with everything else unchanged.

@Suite struct SeamTests {
  static let options = GenerationOptions(
    sampling: .greedy, maximumTokens: 6, stopsAtEndTokens: false)

  @Test("A file is built in memory and read back from its bytes")
  func fileInMemory() throws {
    var metadata: GGUFMetadata = [:]
    metadata[.architecture] = "llama"
    metadata[.contextLength] = 77
    let tensor = try InMemoryTensor(
      name: "w", shape: [32, 2], values: (0..<64).map { Float($0) }, as: .q8_0)
    let bytes = try GGUFBuilder(metadata: metadata, tensors: [tensor]).serialized()
    let file = try GGUFFile(bytes: bytes)
    #expect(file[.contextLength] == 77)
    #expect(file.tensors.map(\.name) == ["w"])
    #expect(file.tensors[0].type == .q8_0)
    #expect(try file.tensors[0].decoded() == tensor.decoded())
  }

  @Test("A tiny random model is one call, with either kind of tokenizer")
  func randomModel() async throws {
    let byteLevel = try Vocabulary.byteLevel(merges: [("h", "e"), ("l", "l"), ("he", "ll")])
    for vocabulary in [nil, byteLevel] {
      let model = try LanguageModel.random(vocabulary: vocabulary, seed: 4)
      let completion = try await model.generate("hello", options: Self.options).completion()
      #expect(completion.tokens.count == 6)
    }
  }

  // MARK: Backend

  /// Counts products, and leaves the rest to the reference backend: fused operations come from the
  /// protocol's defaults.
  struct CountingBackend: Backend {
    let base = ReferenceBackend()
    let counter = Counter()

    actor Counter {
      var rows = 0
      func add(_ count: Int) { rows += count }
    }

    var name: String { "counting" }
    var summary: String { "counting" }
    func prepare(
      _ source: any TensorSource, as role: WeightRole
    ) throws(BackendError) -> any WeightStorage { try base.prepare(source, as: role) }
    func makeActivations(rows: Int, columns: Int) -> Activations {
      base.makeActivations(rows: rows, columns: columns)
    }
    func write(_ values: [Float], to x: Activations) { base.write(values, to: x) }
    func read(_ x: Activations) throws(BackendError) -> [Float] { try base.read(x) }
    func makeCache(_ shape: CacheShape) throws(BackendError) -> any CacheStorage {
      try base.makeCache(shape)
    }
    func copy(
      _ cache: any CacheStorage, count: Int
    ) throws(BackendError) -> any CacheStorage { try base.copy(cache, count: count) }
    func gather(_ rows: [Int], from table: Weight, into out: Activations) {
      base.gather(rows, from: table, into: out)
    }
    func select(_ rows: [Int], of x: Activations, into out: Activations) {
      base.select(rows, of: x, into: out)
    }
    func matmul(_ x: Activations, _ weight: Weight, into out: Activations) {
      let (rows, counter) = (x.rows, counter)
      Task { await counter.add(rows) }
      base.matmul(x, weight, into: out)
    }
    func add(_ a: Activations, _ b: Activations, into out: Activations) {
      base.add(a, b, into: out)
    }
    func addBias(_ bias: Weight, to x: Activations) { base.addBias(bias, to: x) }
    func normalize(_ x: Activations, _ norm: Normalization, into out: Activations) {
      base.normalize(x, norm, into: out)
    }
    func gate(
      _ gate: Activations, _ up: Activations?, function: ActivationFunction, into out: Activations
    ) { base.gate(gate, up, function: function, into: out) }
    func copyColumns(_ runs: ColumnRuns, of x: Activations, into out: Activations) {
      base.copyColumns(runs, of: x, into: out)
    }
    func rotate(_ x: Activations, by rotation: Rotation, headDimension: Int) {
      base.rotate(x, by: rotation, headDimension: headDimension)
    }
    func store(keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]) {
      base.store(keys: keys, values: values, layer: layer, in: slices)
    }
    func attend(
      _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
      into out: Activations
    ) { base.attend(queries, shape: shape, layer: layer, over: slices, into: out) }
    func mix(
      _ experts: Experts, routing: ExpertRouting, scores: Activations, of x: Activations,
      into out: Activations
    ) { base.mix(experts, routing: routing, scores: scores, of: x, into: out) }
    func convolve(
      _ x: Activations, kernel: Weight, layer: Int, over slices: [SequenceSlice],
      into out: Activations
    ) { base.convolve(x, kernel: kernel, layer: layer, over: slices, into: out) }
    func recur(
      _ rule: DeltaRule, _ input: DeltaRuleInput, layer: Int, over slices: [SequenceSlice],
      into out: Activations
    ) { base.recur(rule, input, layer: layer, over: slices, into: out) }
  }

  @Test("A backend")
  func backend() async throws {
    let backend = CountingBackend()
    let model = try LanguageModel.random(seed: 4, backend: backend)
    let expected = try LanguageModel.random(seed: 4, backend: ReferenceBackend())
    let text = try await model.generate("hello", options: Self.options).completion().text
    #expect(try await expected.generate("hello", options: Self.options).completion().text == text)
    // Two blocks of seven products each.
    while await backend.counter.rows < 14 { await Task.yield() }
  }

  // MARK: Architecture

  /// A bigram model: a token's logits depend on that token alone.
  struct Bigram: Architecture {
    static let names = ["bigram"]
    static func tensors(
      of configuration: ModelConfiguration, vocabularySize: Int
    ) -> [TensorDescription] {
      [
        .matrix(
          "token_embd.weight", outputs: vocabularySize, inputs: configuration.embeddingLength),
        .matrix("output.weight", outputs: vocabularySize, inputs: configuration.embeddingLength),
      ]
    }

    let vocabularySize: Int
    let memory: [LayerMemory] = []
    let embedding: Weight
    let output: Weight

    init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
      let width = configuration.embeddingLength
      vocabularySize = try weights.rows(of: "token_embd.weight")
      embedding = try weights.table("token_embd.weight", entries: nil, columns: width)
      output = try weights.matrix("output.weight", outputs: vocabularySize, inputs: width)
    }

    func forward(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
      let tokens = step.outputs.map { step.tokens[$0] }
      let x = backend.makeActivations(rows: tokens.count, columns: embedding.columns)
      backend.gather(tokens, from: embedding, into: x)
      let logits = backend.makeActivations(rows: tokens.count, columns: vocabularySize)
      backend.matmul(x, output, into: logits)
      return logits
    }
  }

  @Test("An architecture")
  func architecture() async throws {
    ArchitectureRegistry.register(Bigram.self)
    #expect(ArchitectureRegistry.names.contains("bigram"))
    let model = try LanguageModel.random(architecture: "bigram", seed: 9)
    let first = try await model.generate("a b", options: Self.options).completion()
    let second = try await model.generate("c b", options: Self.options).completion()
    #expect(first.tokens == second.tokens, "only the last token counts")
  }

  // MARK: Tokenizer

  /// A token per ASCII character.
  struct ASCIITokenizer: Tokenizer {
    let vocabulary: Vocabulary

    init() throws {
      vocabulary = try Vocabulary(
        model: "ascii", pieces: (0..<128).map { .init(String(UnicodeScalar(UInt8($0)))) })
    }

    func encode(_ text: String, options: EncodingOptions) -> [Int] {
      text.unicodeScalars.map { $0.isASCII ? Int($0.value) : 63 }
    }

    func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
      (0..<128).contains(token) ? [UInt8(token)] : []
    }
  }

  @Test("A tokenizer, passed in and registered")
  func tokenizer() async throws {
    let ascii = try ASCIITokenizer()
    let file = try RandomModel(vocabulary: ascii.vocabulary, seed: 4).file()
    let model = try LanguageModel(file, tokenizer: ascii)
    let completion = try await model.generate("Hi", options: Self.options).completion()
    #expect(completion.usage.promptTokens == 2)
    #expect(completion.text == ascii.decode(completion.tokens))

    TokenizerRegistry.register("ascii") { _, _ throws(ModelError) in ascii }
    let registered = try LanguageModel(file)
    #expect(registered.tokenizer.encode("Hi") == [72, 105])
  }

  // MARK: Sampling

  /// Lets through one token only.
  struct Only: LogitTransform {
    var token: Int
    func apply(to candidates: inout Candidates) {
      candidates.removeAll { $0.token != token }
    }
  }

  /// Takes the least likely token.
  struct Contrarian: TokenSampler {
    func sample(_ candidates: inout Candidates) -> Int {
      candidates.sort()
      return candidates[candidates.count - 1].token
    }
  }

  @Test("A logit transform and a sampler")
  func sampling() async throws {
    let model = try LanguageModel.random(seed: 4)
    var options = Self.options
    options.sampler = SamplerChain(transforms: [Only(token: 70)], sampler: Contrarian())
    let completion = try await model.generate("hello", options: options).completion()
    #expect(completion.tokens == Array(repeating: 70, count: 6))
  }

  // MARK: Formats and tensors

  /// A tensor whose bytes are made when they are asked for.
  struct Ramp: TensorSource {
    let name = "ramp"
    let type = TensorType.f32
    let shape = [4, 3]
    func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
      let values = (0..<12).map { Float($0).bitPattern.littleEndian }
      return try body(values.span.bytes)
    }
  }

  @Test("A tensor source, written to a file and multiplied")
  func tensorSource() throws {
    let file = try GGUFFile(bytes: GGUFBuilder(tensors: [Ramp()]).serialized())
    #expect(try file.tensors[0].decoded() == (0..<12).map { Float($0) })
    let backend = try CPUBackend(threads: 1)
    let weight = try backend.prepareWeight(Ramp(), as: .matrix)
    let x = backend.makeActivations(rows: 1, columns: 4, values: [1, 0, 0, 2])
    let out = backend.makeActivations(rows: 1, columns: 3)
    backend.matmul(x, weight, into: out)
    #expect(try backend.read(out) == [6, 18, 30])
  }

  /// A format that keeps only signs.
  enum Signs: TensorFormat {
    static let type = TensorType.i8
    static let multibyteFields: [BlockField] = []
    static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
      for index in values.indices {
        values[index] = blocks.unsafeLoad(fromByteOffset: index, as: Int8.self) < 0 ? -1 : 1
      }
    }
    static func encode(
      _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
    ) {
      for index in values.indices {
        blocks.storeBytes(of: values[index] < 0 ? Int8(-1) : 1, toByteOffset: index, as: Int8.self)
      }
    }
  }

  @Test("A tensor format")
  func tensorFormat() {
    let values: [Float] = [3, -2, 0.5, -0.1]
    var bytes = [UInt8](repeating: 0, count: 4)
    var mutable = bytes.mutableSpan
    var blocks = mutable.mutableBytes
    Signs.encode(values.span, importance: nil, into: &blocks)
    var decoded = [Float](repeating: 0, count: 4)
    var span = decoded.mutableSpan
    Signs.decode(bytes.span.bytes, into: &span)
    #expect(decoded == [1, -1, 1, -1])
  }

  // MARK: Cache

  /// Delegates to the model's cache and counts.
  final class CountingCache: KeyValueCache {
    let base: ModelCache
    var advanced = 0
    init(_ base: ModelCache) { self.base = base }
    var storage: any CacheStorage { base.storage }
    var count: Int { base.count }
    var capacity: Int { base.capacity }
    func advance(by positions: Int) {
      advanced += positions
      base.advance(by: positions)
    }
    func trim(to count: Int) throws(ModelError) { try base.trim(to: count) }
    func copy() throws(ModelError) -> any KeyValueCache { try base.copy() }
  }

  @Test("A cache")
  func cache() throws {
    let model = try LanguageModel.random(seed: 4)
    let shape = CacheShape(keyValueHeads: [2, 2], headDimension: 16, capacity: 8, type: .f32)
    let cache = CountingCache(try ModelCache(shape, on: model.backend))
    let sequence = ModelSequence(model, cache: cache)
    let logits = try sequence.append([5, 6, 7])
    #expect(cache.advanced == 3)
    let plain = try ModelSequence(model, capacity: 8, cacheType: .f32)
    #expect(try plain.append([5, 6, 7]) == logits)
  }
}
