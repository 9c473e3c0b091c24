public import GGUFKit
public import Sampling

extension SamplingOptions {
  /// What a model file recommends (`general.sampling.*`), and the usual values for the rest.
  ///
  /// - Throws: ``ModelError/Code/invalidConfiguration`` for values that make no sense.
  public init(recommendedBy metadata: GGUFMetadata, seed: UInt64? = nil) throws(ModelError) {
    func value<Value>(
      _ name: String, _ type: Value.Type, _ fallback: Value
    ) throws(ModelError) -> Value where Value: GGUFConvertible {
      do {
        return try metadata.value(
          MetadataKey<Value>("general.sampling.\(name)"), default: fallback)
      } catch {
        throw ModelError(file: error)
      }
    }
    let standard = SamplingOptions.standard
    let target = try value("mirostat_tau", Float.self, 5)
    let rate = try value("mirostat_eta", Float.self, 0.1)
    let sampler: Sampler =
      switch try value("mirostat", Int.self, 0) {
      case 1: .mirostat(target: target, rate: rate)
      case 2: .mirostatV2(target: target, rate: rate)
      default: .distribution
      }
    // Names that are not known, such as those of samplers to come, are left out.
    let sequence = try value("sequence", String.self, "")
    let steps = sequence.split(separator: ";").compactMap { SamplingStep(rawValue: String($0)) }
    do {
      try self.init(
        temperature: try value("temp", Float.self, standard.temperature),
        topK: max(0, try value("top_k", Int.self, standard.topK)),
        topP: try value("top_p", Float.self, standard.topP),
        minP: try value("min_p", Float.self, standard.minP),
        xtcProbability: try value("xtc_probability", Float.self, standard.xtcProbability),
        xtcThreshold: try value("xtc_threshold", Float.self, standard.xtcThreshold),
        repetitionPenalty: try value("penalty_repeat", Float.self, standard.repetitionPenalty),
        penaltyWindow: max(0, try value("penalty_last_n", Int.self, standard.penaltyWindow)),
        sampler: sampler, order: steps.isEmpty ? standard.order : steps, seed: seed)
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(.invalidConfiguration, "the file's sampling settings: \(error)")
    }
  }

  /// Makes a chain for a model's tokens.
  func makeChain(for tokenizer: any Tokenizer) -> SamplerChain {
    guard dryMultiplier != 0, dryWindow != 0 else { return makeChain() }
    return makeChain(
      breakers: SequenceBreakers(
        texts: dryBreakers, vocabulary: TokenizerVocabulary(tokenizer: tokenizer),
        tokenize: { tokenizer.encode($0, options: []) }))
  }
}
