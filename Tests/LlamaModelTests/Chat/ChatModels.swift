import Foundation
import GGUFKit
import LlamaModel
import Sampling
import Synchronization
import TensorKernels

/// Says given tokens, whatever the model thinks.
struct ScriptedSampler: TokenSampler {
  private let tokens: [Int]
  private var position = 0

  init(_ tokens: [Int]) { self.tokens = tokens }

  mutating func sample(_ candidates: inout Candidates) -> Int {
    defer { position += 1 }
    return tokens[min(position, tokens.count - 1)]
  }
}

/// Says one token, and the next ones only when it may go on.
struct GatedSampler: TokenSampler {
  final class Gate: Sendable {
    let isOpen = Atomic<Bool>(false)

    func open() { isOpen.store(true, ordering: .relaxed) }
  }

  let gate = Gate()
  private var count = 0

  mutating func sample(_ candidates: inout Candidates) -> Int {
    while count > 0, !gate.isOpen.load(ordering: .relaxed) { Thread.sleep(forTimeInterval: 0.001) }
    count += 1
    return 30
  }
}

/// Tiny models that chat.
enum ChatModels {
  static let chatML = """
    {%- for m in messages %}{{- '<|im_start|>' + m.role + '\\n' }}\
    {%- if m.tool_calls is defined %}{%- for c in m.tool_calls %}\
    {{- '<tool_call>\\n' + (c.function | tojson) + '\\n</tool_call>' }}{%- endfor %}{%- endif %}\
    {{- m.content + '<|im_end|>\\n' }}{%- endfor %}\
    {%- if tools %}{{- 'tools: ' + (tools | tojson) + '\\n' }}{%- endif %}\
    {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
    """

  /// A model with random weights and a template; text and byte pieces are SentencePiece's.
  static func model(
    _ template: String? = chatML, controlPieces: [String] = ["<|im_start|>", "<|im_end|>"],
    change: (inout RandomModel) -> Void = { _ in }
  ) throws -> LanguageModel {
    let vocabulary = try Vocabulary.byteFallback(
      pieces: "abcdefghijklmnopqrstuvwxyz .".map { (text: String($0), score: -1) },
      controlPieces: controlPieces, addSpacePrefix: false)
    var random = RandomModel(vocabulary: vocabulary, seed: 3)
    random.contextLength = 1024
    random.metadata[.chatTemplate] = template
    change(&random)
    return try LanguageModel(random.file(), backend: CPUBackend(threads: 1))
  }

  static func greedy(_ tokens: Int) -> ChatOptions {
    ChatOptions(
      generation: GenerationOptions(sampling: .greedy, maximumTokens: tokens), now: nil)
  }

  /// Options that make a model say a text, and then end its turn.
  static func saying(_ text: String, _ model: LanguageModel) -> ChatOptions {
    let tokens = model.tokenizer.encode(text + "<|im_end|>", options: [.parseSpecial])
    var generation = GenerationOptions(maximumTokens: 1000)
    generation.sampler = SamplerChain(transforms: [], sampler: ScriptedSampler(tokens))
    return ChatOptions(generation: generation, now: nil)
  }
}
