import LlamaModel

/// Times a model: a prompt in one go, and single tokens from a context of one.
struct SpeedTest {
  private let sequence: ModelSequence
  private let batch: Int
  private let prompt: [Int]
  private let generated: [Int]
  private let clock = ContinuousClock()
  private var done = 0

  /// Tokens per second of each measurement.
  private(set) var promptSpeeds: [Double] = []
  /// Tokens per second of each measurement.
  private(set) var generationSpeeds: [Double] = []

  /// Prepares measurements with so many tokens.
  init(
    _ model: LanguageModel, prompt: Int, generate: Int, _ runtime: RuntimeGroup
  ) throws(ModelError) {
    sequence = try ModelSequence(
      model, capacity: max(prompt, generate) + 64, cacheType: runtime.cacheType)
    batch = runtime.batch
    // Ordinary tokens all over the vocabulary; the first ones are special or bytes.
    let (first, count) =
      model.vocabularySize > 600 ? (260, model.vocabularySize - 300) : (0, model.vocabularySize)
    self.prompt = (0..<prompt).map { first + $0 * 37 % count }
    generated = (0..<generate).map { first + $0 * 91 % count }
  }

  /// Runs both kinds of step once, untimed.
  func warmUp() throws(ModelError) {
    let token = generated[0]
    _ = try sequence.append(Array(repeating: token, count: 16), batch: batch)
    _ = try sequence.append([token])
    try sequence.trim(to: 0)
  }

  /// Measures once.
  ///
  /// - Parameter progress: Gets the number of tokens of all measurements so far.
  mutating func measure(progress: (Int) -> Void) throws(ModelError) {
    var start = clock.now
    _ = try sequence.append(prompt, batch: batch)
    promptSpeeds.append(Double(prompt.count) / (clock.now - start).seconds)
    done += prompt.count
    progress(done)

    try sequence.trim(to: 0)
    _ = try sequence.append([generated[0]])
    start = clock.now
    for token in generated { _ = try sequence.append([token]) }
    generationSpeeds.append(Double(generated.count) / (clock.now - start).seconds)
    done += generated.count
    progress(done)
    try sequence.trim(to: 0)
  }
}

extension [Double] {
  /// The middle value; of an even number of them, the mean of the two in the middle.
  var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
