public import LlamaModel
public import TensorKernels

/// Times a model: a prompt in one go, and single tokens.
///
/// ```swift
/// var test = try SpeedTest(model, options: .init(prompt: 512, generate: 64))
/// try test.warmUp()
/// for _ in 0..<3 { try test.measure() }
/// print(test.promptSpeed, test.generationSpeed)
/// ```
public struct SpeedTest {
  /// What is timed.
  public struct Options: Sendable, Hashable {
    /// Tokens of the prompt, 1 or more.
    public var prompt: Int
    /// Tokens to generate in each sequence, 1 or more.
    public var generate: Int
    /// Tokens that are in the context before either begins.
    public var depth: Int
    /// Sequences that generate together, a token of each in every step; 1 or more.
    public var sequences: Int
    /// The most prompt tokens in one step.
    public var batchSize: Int
    /// How keys and values are kept.
    public var cacheType: CacheTypes

    /// What is timed.
    public init(
      prompt: Int = 512, generate: Int = 64, depth: Int = 0, sequences: Int = 1,
      batchSize: Int = 512, cacheType: CacheTypes = .f16
    ) {
      self.prompt = prompt
      self.generate = generate
      self.depth = depth
      self.sequences = sequences
      self.batchSize = batchSize
      self.cacheType = cacheType
    }
  }

  /// What is timed.
  public let options: Options
  /// Prompt tokens per second of each measurement.
  public private(set) var promptSpeeds: [Double] = []
  /// Generated tokens per second of each measurement, of all sequences together.
  public private(set) var generationSpeeds: [Double] = []

  /// The median of ``promptSpeeds``; NaN before the first measurement.
  public var promptSpeed: Double { promptSpeeds.median }
  /// The median of ``generationSpeeds``; NaN before the first measurement.
  public var generationSpeed: Double { generationSpeeds.median }

  private let sequences: [ModelSequence]
  private let tokens: Range<Int>
  private let clock = ContinuousClock()

  /// Makes the sequences and reads the tokens of the depth.
  ///
  /// - Throws: ``EvaluationError/Code/invalidArgument`` for numbers of tokens or sequences that
  ///   cannot be, ``EvaluationError/Code/modelFailure``.
  public init(_ model: LanguageModel, options: Options = Options()) throws(EvaluationError) {
    guard options.prompt > 0, options.generate > 0, options.depth >= 0, options.batchSize > 0,
      (1...1024).contains(options.sequences), options.depth < 1 << 24, options.prompt < 1 << 24,
      options.generate < 1 << 24
    else {
      throw EvaluationError(
        .invalidArgument,
        "a speed test needs tokens to read and to generate, and 1 to 1024 sequences")
    }
    self.options = options
    // Ordinary tokens all over the vocabulary; the first ones are special or bytes.
    tokens =
      model.vocabularySize > 600 ? 260..<model.vocabularySize - 40 : 0..<model.vocabularySize
    let depthTokens = Self.tokens(options.depth, step: 53, among: tokens)
    do throws(ModelError) {
      let first = try ModelSequence(
        model, capacity: options.depth + max(options.prompt, options.generate + 1, 16),
        cacheType: options.cacheType)
      _ = try first.append(depthTokens, outputs: .none, batch: options.batchSize)
      var sequences = [first]
      while sequences.count < options.sequences { sequences.append(try first.copy()) }
      self.sequences = sequences
    } catch {
      throw EvaluationError(error)
    }
  }

  /// Runs both kinds of step once, untimed.
  public func warmUp() throws(EvaluationError) {
    do throws(ModelError) {
      _ = try sequences[0].append(
        Self.tokens(min(16, options.prompt), step: 37, among: tokens), batch: options.batchSize)
      try sequences[0].trim(to: options.depth)
      try generate(1)
      for sequence in sequences { try sequence.trim(to: options.depth) }
    } catch {
      throw EvaluationError(error)
    }
  }

  /// Measures once.
  public mutating func measure() throws(EvaluationError) {
    do throws(ModelError) {
      let prompt = Self.tokens(options.prompt, step: 37, among: tokens)
      var start = clock.now
      _ = try sequences[0].append(prompt, batch: options.batchSize)
      promptSpeeds.append(Double(prompt.count) / ((clock.now - start) / .seconds(1)))
      try sequences[0].trim(to: options.depth)

      try generate(1)
      start = clock.now
      try generate(options.generate)
      let count = options.generate * options.sequences
      generationSpeeds.append(Double(count) / ((clock.now - start) / .seconds(1)))
      for sequence in sequences { try sequence.trim(to: options.depth) }
    } catch {
      throw EvaluationError(error)
    }
  }

  private func generate(_ count: Int) throws(ModelError) {
    for token in Self.tokens(count, step: 91, among: tokens) {
      if sequences.count == 1 {
        _ = try sequences[0].append([token])
      } else {
        _ = try ModelSequence.append(
          sequences.enumerated().map { index, sequence in
            let shifted = (token - tokens.lowerBound + 17 * index) % tokens.count
            return SequencePart(sequence, tokens: [tokens.lowerBound + shifted])
          })
      }
    }
  }

  private static func tokens(_ count: Int, step: Int, among tokens: Range<Int>) -> [Int] {
    (0..<count).map { tokens.lowerBound + $0 * step % tokens.count }
  }
}

extension [Double] {
  /// The middle value; of an even number of them, the mean of the two in the middle; NaN of none.
  fileprivate var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
