import Sampling
import TestSupport
import Testing

/// Random schemas, values that match them or nearly do, and random ways to cut text into tokens.
struct SchemaPropertyTests {
  @Test(arguments: UInt64(1)...40)
  func agreesWithAnIndependentValidator(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let model = SchemaModel.random(depth: 3, using: &random)
    var samples: [(text: String, isValid: Bool)] = []
    for _ in 0..<6 {
      let value = model.value(using: &random)
      #expect(model.allows(value), "seed \(seed)")
      samples.append((value.spelled(using: &random), true))
      let changed = value.changed(using: &random)
      samples.append((changed.spelled(using: &random), model.allows(changed)))
    }
    // Pieces of these texts as tokens, so that they straddle everything.
    let pieces = (0..<120).map { _ -> String in
      let text = Array(samples[Int.random(in: 0..<samples.count, using: &random)].text)
      let start = Int.random(in: 0..<text.count, using: &random)
      let end = min(text.count, start + Int.random(in: 2...6, using: &random))
      return String(text[start..<end])
    }
    let vocabulary = ByteVocabulary(pieces)
    let reader = try ConstraintReader(
      schema: model.schema, tokens: ConstraintTokens(vocabulary))
    for (text, isValid) in samples {
      for _ in 0..<2 {
        reader.reset()
        var rest = Array(text.utf8)[...]
        var isRead = true
        while isRead, !rest.isEmpty {
          let fitting = (256..<256 + vocabulary.pieces.count).filter {
            rest.starts(with: vocabulary.pieces[$0 - 256])
          }
          let token = fitting.randomElement(using: &random) ?? Int(rest[rest.startIndex])
          let isAllowed = reader.allows(token)
          isRead = reader.read(token)
          #expect(isRead == isAllowed, "seed \(seed), \(model.schema), \(text)")
          rest = rest.dropFirst(vocabulary.bytes(of: token)?.count ?? 0)
        }
        let isAccepted = isRead && reader.isComplete
        #expect(isAccepted == isValid, "seed \(seed), \(model.schema), \(text)")
        #expect(reader.allows(vocabulary.endTokens[0]) == reader.isComplete)
      }
    }
  }

  @Test(arguments: UInt64(1)...20)
  func whateverIsGeneratedIsValidWhenClosed(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let model = SchemaModel.random(depth: 3, using: &random)
    let vocabulary = ByteVocabulary([
      "{\"", "\":", "\",\"", "true", "null", "  ", "[[", "12", "e5", "\\u00",
    ])
    let tokens = ConstraintTokens(vocabulary)
    for spelling in [JSONSchema.Spelling.any, .compact] {
      var constraint = try GrammarConstraint(
        schema: JSONSchema(model.schema), spelling: spelling, tokens: tokens)
      var text: [UInt8] = []
      let count = Int.random(in: 0...60, using: &random)
      for _ in 0..<count {
        let allowed = (0..<vocabulary.tokenCount - 1).filter { constraint.allows($0) }
        guard let token = allowed.randomElement(using: &random) else { break }
        let wasRead = constraint.tryAccept(token)
        #expect(wasRead)
        text += vocabulary.bytes(of: token) ?? []
      }
      let completion = constraint.shortestCompletion()
      let end = try #require(completion, "seed \(seed), \(model.schema), \(text)")
      text += end
      let whole = String(decoding: text, as: UTF8.self)
      let value = try #require(JSONSample.parse(whole), "seed \(seed), \(model.schema), \(whole)")
      #expect(model.allows(value), "seed \(seed), \(model.schema), \(whole)")
    }
  }
}
