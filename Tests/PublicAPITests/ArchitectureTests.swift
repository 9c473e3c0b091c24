import GGUFKit
import LlamaModel
import TensorKernels
import Testing

/// A family from outside the package, as Documentation/AddingAnArchitecture.md writes it.
@Suite struct ArchitectureTests {
  /// Blocks of windowed attention beside a branch of the family's own.
  struct Tiny: DecoderArchitecture {
    static let names = ["tiny"]

    let decoder: Decoder

    init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
      let rotary = RotaryEmbedding(configuration.rotary, pairing: .halves)
      let window = try configuration.hyperparameters.count(.slidingWindow, upTo: 1 << 20)
      decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
        let norm = try layer.norm("attn_norm")
        return Block(
          parallel: Residual(
            norm, try Attention(layer, Attention.Options(rotary: rotary, window: window))),
          Residual(norm, try Bottleneck(layer), scale: 0.5))
      }
    }
  }

  /// up(relu(down(x))²).
  struct Bottleneck: Branch {
    let down: Linear
    let up: Linear

    init(_ layer: LayerWeights) throws(ModelError) {
      down = try layer.linear("squeeze", outputs: layer.hidden, inputs: layer.width)
      up = try layer.linear("stretch", outputs: layer.width, inputs: layer.hidden)
    }

    func callAsFunction(
      _ x: Activations, norm: Normalization?, in pass: ForwardPass
    ) -> BranchOutput {
      let backend = pass.backend
      let hidden = backend.makeActivations(rows: x.rows, columns: down.outputs)
      backend.project(x, norm: norm, through: [down], into: [hidden])
      backend.gate(hidden, nil, function: .squaredReLU, into: hidden)
      return .unprojected(hidden, up)
    }
  }

  static func file(window: Int? = 4) throws -> GGUFFile {
    ArchitectureRegistry.register(Tiny.self)
    var random = RandomModel(seed: 12)
    random.architecture = "tiny"
    random.feedForwardLength = 24
    if let window { random.metadata["tiny.attention.sliding_window"] = .uint32(UInt32(window)) }
    return try random.file()
  }

  @Test("A random model holds the tensors that the family asks for")
  func tensors() throws {
    let names = try Self.file().tensors.map(\.name)
    #expect(names.contains("blk.1.stretch.weight"))
    #expect(names.filter { $0 == "token_embd.weight" }.count == 1)
  }

  @Test("Both backends agree, and the window counts")
  func forward() throws {
    let tokens = [5, 9, 30, 31, 7, 8, 60, 61, 33]
    let file = try Self.file()
    let cpu = try LanguageModel(file, backend: CPUBackend(threads: 2))
    let reference = try LanguageModel(file, backend: ReferenceBackend())
    func logits(_ model: LanguageModel, _ tokens: [Int], batch: Int = 64) throws -> [Float] {
      try ModelSequence(model, capacity: 16, cacheType: .f32).append(tokens, batch: batch)
    }
    let actual = try logits(cpu, tokens)
    #expect(zip(actual, try logits(reference, tokens)).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(try logits(cpu, tokens, batch: 2) == actual)
    // Two blocks of four positions see seven back.
    #expect(try logits(cpu, [6] + tokens[1...]) == actual)
    #expect(try logits(cpu, tokens[..<2] + [6] + tokens[3...]) != actual)
  }

  @Test("What the family needs and the file lacks is named")
  func refusals() throws {
    let error = #expect(throws: ModelError.self) {
      try LanguageModel(Self.file(window: nil), backend: ReferenceBackend())
    }
    #expect(error?.location == .key("tiny.attention.sliding_window"))
  }
}
