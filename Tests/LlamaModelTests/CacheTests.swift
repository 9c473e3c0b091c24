import LlamaModel
import TensorKernels
import TestSupport
import Testing

/// Caches whose layers do not keep every position.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"))
struct CacheTests {
  static let tokens = (0..<60).map { ($0 * 37 + 5) % 500 }

  static func sequence(_ model: LanguageModel, slack: Int, capacity: Int) throws -> ModelSequence {
    var shape = CacheShape(layers: model.memory, capacity: capacity, type: .f32)
    shape.slidingSlack = slack
    return ModelSequence(model, cache: try ModelCache(shape, on: model.backend))
  }

  @Test(
    "A window that moves through its slots gives the bits of one that never has to",
    arguments: [
      ("gemma3", "cpu"), ("gemma3", "reference"), ("cohere2", "cpu"), ("gpt-oss", "cpu"),
      ("gemma4", "cpu"),
    ])
  func slidingWindow(folder: String, backend: String) throws {
    let model = try FixtureLogitsTests.model(folder, on: FixtureLogitsTests.backend(backend))
    let whole = try Self.sequence(model, slack: 64, capacity: 64)
    let expected = try whole.append(Self.tokens, outputs: .all)
    for slack in [1, 5] {
      let sliding = try Self.sequence(model, slack: slack, capacity: 64)
      #expect(sliding.cacheBytes < whole.cacheBytes)
      #expect(try sliding.append(Self.tokens, outputs: .all) == expected, "slack \(slack)")
      let copy = try sliding.copy()
      #expect(try copy.append([1, 2, 3]) == sliding.append([1, 2, 3]))
    }
  }

  @Test("A window goes back as far as its slots reach, and says so beyond")
  func trimmingWindow() throws {
    let model = try FixtureLogitsTests.model("gemma3", on: CPUBackend(threads: 1))
    let sequence = try Self.sequence(model, slack: 6, capacity: 64)
    _ = try sequence.append(Self.tokens, batch: 5)
    let error = #expect(throws: ModelError.self) { try sequence.trim(to: 20) }
    #expect(error?.code == .invalidArgument)
    #expect(sequence.tokens.count == Self.tokens.count)
    let expected = try Self.sequence(model, slack: 64, capacity: 64).append(Self.tokens)
    try sequence.trim(to: 59)
    #expect(try sequence.append(Self.tokens[59...]) == expected)
    try sequence.trim(to: 0)
    #expect(try sequence.append(Self.tokens) == expected)
  }

  @Test("A recurrent state goes back by one step, or to the start", arguments: ["qwen35", "lfm2"])
  func trimmingState(folder: String) throws {
    let model = try FixtureLogitsTests.model(folder, on: CPUBackend(threads: 1))
    let sequence = try ModelSequence(model, capacity: 64, cacheType: .f32)
    _ = try sequence.append(Self.tokens[..<10])
    let expected = try sequence.append(Self.tokens[10..<14])
    #expect(throws: ModelError.self) { try sequence.trim(to: 12) }
    let copy = try sequence.copy()
    try sequence.trim(to: 10)
    #expect(try sequence.append(Self.tokens[10..<14]) == expected)
    #expect(try copy.append([3]) == sequence.append([3]))
    try sequence.trim(to: 0)
    #expect(try sequence.append(Self.tokens[..<14]) == expected)
  }

  @Test("A step that was cancelled midway can be repeated", arguments: ["qwen35", "gemma3"])
  func cancellation(folder: String) throws {
    let model = try FixtureLogitsTests.model(folder, on: CPUBackend(threads: 1))
    let sequence = try Self.sequence(model, slack: 4, capacity: 64)
    _ = try sequence.append(Self.tokens[..<20])
    var asked = 0
    #expect(throws: ModelError.self) {
      try sequence.append(Self.tokens[20..<24]) {
        asked += 1
        return asked > 1
      }
    }
    #expect(sequence.tokens.count == 20)
    let expected = try Self.sequence(model, slack: 64, capacity: 64).append(Self.tokens[..<24])
    #expect(try sequence.append(Self.tokens[20..<24]) == expected)
  }
}
