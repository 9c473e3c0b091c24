import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import TestSupport
import Testing

/// The same bits for every number of threads, every batch size and every kernel set.
@Suite struct InvarianceTests {
  static let types: [TensorType] = [.f32, .f16, .bf16, .q8_0, .q4_0, .q4K, .q6K]

  /// A random model whose matrices are stored as `type`, wide enough for blocks of 256.
  static func file(_ type: TensorType) throws -> GGUFFile {
    var random = RandomModel(seed: 5)
    random.embeddingLength = 256
    random.headCount = 4
    random.keyValueHeadCount = 2
    random.feedForwardLength = 256
    random.blockCount = 1
    let float = try random.file()
    let tensors = try float.tensors.map { tensor -> any TensorSource in
      guard tensor.shape.count > 1 else { return tensor }
      return try InMemoryTensor(
        name: tensor.name, shape: tensor.shape, values: tensor.decoded(), as: type)
    }
    return try GGUFFile(
      bytes: GGUFBuilder(metadata: float.metadata, tensors: tensors).serialized())
  }

  @Test("Threads, batches and kernels do not change a bit", arguments: types)
  func invariance(type: TensorType) throws {
    let file = try Self.file(type)
    let tokens = (0..<9).map { ($0 * 37 + 1) % 250 + 3 }
    func logits(_ kernels: KernelSet, threads: Int, batch: Int) throws -> [Float] {
      let model = try LanguageModel(
        file, backend: CPUBackend(threads: threads, kernels: kernels))
      return try ModelSequence(model, capacity: 32).append(tokens, outputs: .all, batch: batch)
    }
    let expected = try logits(.scalar, threads: 1, batch: 512)
    #expect(expected.allSatisfy { $0.isFinite })
    for kernels in KernelSet.supported {
      // Plain Swift is slow in debug builds: one other way to run it is enough.
      let settings = kernels.name == "scalar" ? [(3, 4)] : [(1, 1), (2, 7), (3, 512)]
      for (threads, batch) in settings {
        let actual = try logits(kernels, threads: threads, batch: batch)
        #expect(actual == expected, "\(kernels.name), \(threads) threads, batch \(batch)")
      }
    }
  }

  @Test(
    "The same for every type of cache",
    arguments: CacheType.allCases.map(CacheTypes.init) + [CacheTypes(keys: .q8_0, values: .f16)])
  func cacheTypes(types: CacheTypes) throws {
    let file = try Self.file(.f32)
    let tokens = (0..<9).map { ($0 * 37 + 1) % 250 + 3 }
    func logits(_ kernels: KernelSet, threads: Int, batch: Int) throws -> [Float] {
      let model = try LanguageModel(
        file, backend: CPUBackend(threads: threads, kernels: kernels))
      return try ModelSequence(model, capacity: 32, cacheType: types)
        .append(tokens, batch: batch)
    }
    let expected = try logits(.scalar, threads: 1, batch: 512)
    for kernels in KernelSet.supported where kernels.name != "scalar" {
      for (threads, batch) in [(1, 1), (3, 4)] {
        let actual = try logits(kernels, threads: threads, batch: batch)
        #expect(actual == expected, "\(kernels.name), \(threads) threads, batch \(batch)")
      }
    }
  }

  @Test(
    "Sequences that read together read as if they were alone",
    arguments: [.f16, .q8_0] as [CacheTypes])
  func together(types: CacheTypes) throws {
    let model = try LanguageModel.random(seed: 3, backend: CPUBackend(threads: 2))
    let texts = [[5, 6, 7], [9], [11, 12, 13, 14, 15]]
    let sequences = try texts.map { _ in
      try ModelSequence(model, capacity: 16, cacheType: types)
    }
    let first = try ModelSequence.append(
      zip(sequences, texts).map { SequencePart($0, tokens: $1) })
    let second = try ModelSequence.append(
      sequences.reversed().map { SequencePart($0, tokens: [8]) })
    for (index, text) in texts.enumerated() {
      let alone = try ModelSequence(model, capacity: 16, cacheType: types)
      #expect(try alone.append(text) == first[index])
      #expect(try alone.append([8]) == second[texts.count - 1 - index])
      #expect(sequences[index].tokens == text + [8])
    }
    let twice = #expect(throws: ModelError.self) {
      try ModelSequence.append([sequences[0], sequences[0]].map { SequencePart($0, tokens: [8]) })
    }
    #expect(twice?.code == .invalidArgument)
    let full = #expect(throws: ModelError.self) {
      try ModelSequence.append([SequencePart(sequences[0], tokens: Array(repeating: 8, count: 17))])
    }
    #expect(full?.code == .contextFull)
  }

  @Test("A sequence that was trimmed or copied goes on as if it were new")
  func trimmingAndCopying() throws {
    let model = try LanguageModel.random(seed: 3, backend: CPUBackend(threads: 1))
    let tokens = (0..<20).map { $0 * 11 % 200 + 3 }
    let whole = try ModelSequence(model, capacity: 32)
    let expected = try whole.append(tokens)
    #expect(throws: ModelError.self) { try whole.trim(to: 21) }
    try whole.trim(to: 5)
    let copy = try whole.copy()
    #expect(try whole.append([7, 8, 9]) != expected)
    #expect(copy.tokens == Array(tokens[..<5]))
    #expect(try copy.append(tokens[5...]) == expected)
    try whole.trim(to: 5)
    #expect(try whole.append(tokens[5...], batch: 4) == expected)
  }

  @Test("A full context, bad tokens and cancellation are typed errors")
  func refusals() throws {
    let model = try LanguageModel.random(seed: 3, backend: CPUBackend(threads: 1))
    let sequence = try ModelSequence(model, capacity: 4)
    func code(_ body: () throws -> Void) -> ModelError.Code? {
      do { try body() } catch { return (error as? ModelError)?.code }
      return nil
    }
    #expect(code { _ = try sequence.append([1, 2, 3, 4, 5]) } == .contextFull)
    #expect(code { _ = try sequence.append([model.vocabularySize]) } == .invalidArgument)
    #expect(code { _ = try sequence.append([-1]) } == .invalidArgument)
    #expect(code { _ = try sequence.append([1], isCancelled: { true }) } == .cancelled)
    #expect(sequence.tokens.isEmpty)
    #expect(code { _ = try ModelSequence(model, capacity: 0) } == .invalidArgument)
    #expect(try sequence.append([]).isEmpty)
  }
}
