import Synchronization

/// The families that can be loaded, by the name in `general.architecture`.
public enum ArchitectureRegistry {
  private static let builtIn: [any Architecture.Type] = [
    Llama.self, Qwen2.self, Qwen3.self, Gemma.self, Gemma2.self, Gemma3.self, Phi2.self, Phi3.self,
    Granite.self, OLMo2.self, SmolLM3.self, StableLM.self, StarCoder2.self, GPT2.self, Falcon.self,
    Cohere2.self, Nemotron.self, GPTOSS.self, LFM2.self, Qwen35.self, DeepSeek2.self,
    Gemma4.self, Mistral3.self, BERT.self, GemmaEmbedding.self,
  ]

  private static let registered = Mutex<[String: any Architecture.Type]>(
    Dictionary(
      builtIn.flatMap { type in type.names.map { ($0, type) } },
      uniquingKeysWith: { first, _ in first }))

  /// Adds a family, or replaces the one of the same name, for models loaded from now on.
  public static func register(_ architecture: any Architecture.Type) {
    registered.withLock { table in
      for name in architecture.names { table[name] = architecture }
    }
  }

  /// The names that can be loaded.
  public static var names: [String] { registered.withLock { $0.keys.sorted() } }

  /// The family of this name.
  ///
  /// - Throws: ``ModelError/Code/unsupportedArchitecture`` with the names that there are.
  public static func architecture(named name: String) throws(ModelError) -> any Architecture.Type {
    guard let type = registered.withLock({ $0[name] }) else {
      throw ModelError(
        .unsupportedArchitecture,
        "architecture \"\(name)\" is not supported; supported are \(names.joined(separator: ", "))",
        at: .key("general.architecture"))
    }
    return type
  }
}
