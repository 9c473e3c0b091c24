public import Sampling
public import TensorKernels

/// How a text is continued.
public struct GenerationOptions: Sendable {
  /// How tokens are chosen.
  public var sampling: SamplingOptions
  /// A chain of one's own transforms and sampler, used instead of ``sampling``; every generation
  /// starts with a copy of it.
  public var sampler: SamplerChain?
  /// What the text must be; nil for anything.
  public var constraint: GenerationConstraint?
  /// How tokens are guessed ahead; nil for not at all. It changes the speed, not the text.
  public var speculation: Speculation?
  /// How many of the likeliest tokens each piece names with their probabilities, 0 for that of its
  /// own token alone; nil for none.
  public var logProbabilities: Int?
  /// The most tokens to generate, nil for as many as the context holds.
  public var maximumTokens: Int?
  /// Texts that end the generation; they are not part of the result.
  public var stop: [String]
  /// Whether the vocabulary's end tokens end the generation.
  public var stopsAtEndTokens: Bool
  /// The most positions of prompt and answer together, nil for what the model was trained for.
  public var contextLength: Int?
  /// How keys and values are kept.
  public var cacheType: CacheTypes
  /// The most prompt tokens in one step.
  public var batchSize: Int

  /// Creates options; all have defaults.
  public init(
    sampling: SamplingOptions = .standard, sampler: SamplerChain? = nil,
    constraint: GenerationConstraint? = nil, speculation: Speculation? = nil,
    logProbabilities: Int? = nil, maximumTokens: Int? = nil, stop: [String] = [],
    stopsAtEndTokens: Bool = true, contextLength: Int? = nil, cacheType: CacheTypes = .f16,
    batchSize: Int = 512
  ) {
    self.sampling = sampling
    self.sampler = sampler
    self.constraint = constraint
    self.speculation = speculation
    self.logProbabilities = logProbabilities
    self.maximumTokens = maximumTokens
    self.stop = stop
    self.stopsAtEndTokens = stopsAtEndTokens
    self.contextLength = contextLength
    self.cacheType = cacheType
    self.batchSize = batchSize
  }
}

/// Why a generation ended.
public enum FinishReason: String, Sendable, Codable {
  /// The model ended its text, or a stop text appeared.
  case stop
  /// The most tokens, or the end of the context, was reached.
  case length
  /// The model wants tools to be called.
  case toolCalls = "tool_calls"
}

/// Tokens read and written.
public struct TokenUsage: Sendable, Equatable, Codable {
  /// Tokens of the prompt.
  public var promptTokens: Int
  /// Tokens generated, the end token not counted.
  public var completionTokens: Int

  /// Creates figures.
  public init(promptTokens: Int, completionTokens: Int) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
  }
}

/// How long a generation took.
public struct GenerationTimings: Sendable, Equatable {
  /// Reading the prompt.
  public var prompt: Duration
  /// Generating, from the first token chosen to the last.
  public var generation: Duration

  /// Creates figures.
  public init(prompt: Duration = .zero, generation: Duration = .zero) {
    self.prompt = prompt
    self.generation = generation
  }
}

/// A finished generation.
public struct Completion: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The tokens, end tokens not included.
  public var tokens: [Int]
  /// Why it ended.
  public var finishReason: FinishReason
  /// Tokens read and written.
  public var usage: TokenUsage
  /// Tokens of the prompt that had been read before, in a chat.
  public var reusedTokens = 0
  /// How long it took.
  public var timings: GenerationTimings
}

/// A piece of a text that is being generated.
public struct GenerationPiece: Sendable {
  /// Whole characters; empty when a token has only begun one, or may be the start of a stop text.
  public var text: String
  /// The token that brought it, nil in the last piece.
  public var token: Int?
  /// The natural logarithm of the token's probability before penalties, temperature and the like,
  /// if the options ask for it; nil for tokens that a constraint leaves no choice about.
  public var logProbability: Float?
  /// The likeliest tokens there, as many as the options ask for.
  public var alternatives: [TokenLogProbabilities.Element] = []
  /// The whole, in the last piece.
  public var completion: Completion?
}
