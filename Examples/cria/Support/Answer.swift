import LlamaModel

/// What a model has answered, as JSON and for people.
struct Answer: Encodable, Sendable {
  struct Timings: Encodable {
    var promptSeconds: Double
    var generateSeconds: Double
    var promptTokensPerSecond: Double
    var generateTokensPerSecond: Double
  }

  struct Call: Encodable {
    var id: String
    var name: String
    var arguments: String
  }

  var text: String
  /// Left out where there is none.
  var reasoning: String?
  /// Left out where there are none.
  var toolCalls: [Call]?
  var finishReason: FinishReason
  var usage: TokenUsage
  var timings: Timings

  /// A continued text.
  init(_ completion: Completion) {
    text = completion.text
    finishReason = completion.finishReason
    usage = completion.usage
    let prompt = completion.timings.prompt.seconds
    let generation = completion.timings.generation.seconds
    func rate(_ tokens: Int, _ seconds: Double) -> Double {
      seconds > 0 ? Double(tokens) / seconds : 0
    }
    timings = Timings(
      promptSeconds: prompt, generateSeconds: generation,
      promptTokensPerSecond: rate(usage.promptTokens - completion.reusedTokens, prompt),
      generateTokensPerSecond: rate(usage.completionTokens, generation))
  }

  /// An answer in a chat.
  init(_ completion: ChatCompletion) {
    self.init(completion.generation)
    let message = completion.message
    text = message.content
    reasoning = message.reasoning.isEmpty ? nil : message.reasoning
    if !message.toolCalls.isEmpty {
      toolCalls = message.toolCalls.map {
        Call(id: $0.id, name: $0.name, arguments: $0.arguments)
      }
    }
    finishReason = completion.finishReason
  }

  /// For people.
  var summary: String {
    let end = finishReason == .length ? ", cut at the limit" : ""
    return "[prompt: \(usage.promptTokens) tokens, "
      + "\(Format.rate(timings.promptTokensPerSecond)) tokens/s; "
      + "answer: \(usage.completionTokens) tokens, "
      + "\(Format.rate(timings.generateTokensPerSecond)) tokens/s\(end)]"
  }
}
