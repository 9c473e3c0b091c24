import LlamaModel
import Sampling
import Testing

// Only public API: a chat with a template and a format of one's own.

@Suite struct ChatTests {
  /// Marks calls with arrows.
  struct ArrowFormat: TagFormat {
    var name: String { "arrow" }
    func matches(template: String) -> Bool { template.contains("->") }
    var syntax: TagSyntax {
      TagSyntax(calls: [
        CallTag(begin: "->", ends: ["<-"], style: .named(separators: [":"]))
      ])
    }
  }

  /// Says given tokens.
  struct Script: TokenSampler {
    var tokens: [Int]
    mutating func sample(_ candidates: inout Candidates) -> Int {
      tokens.count > 1 ? tokens.removeFirst() : tokens[0]
    }
  }

  @Test("A caller's template and format make prompts and read answers")
  func ownFormat() async throws {
    let model = try LanguageModel.random(seed: 5)
    let template = try ConversationTemplate(
      "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
      tokenizer: model.tokenizer, format: ArrowFormat())
    #expect(template.origin == .given)
    let said = model.tokenizer.encode("so -> add : [1, 2] <- now", options: [])
    var options = ChatOptions()
    options.generation.maximumTokens = said.count
    options.generation.sampler = SamplerChain(
      transforms: [], sampler: Script(tokens: said))
    let chat = ChatSession(model, options: options, template: template)
    var events: [ChatEvent] = []
    for try await piece in chat.respond(to: "add") { events += piece.events }
    let answer = try #require(chat.messages.last)
    #expect(answer == ChatMessage(events))
    #expect(answer.toolCalls.map(\.name) == ["add"])
    #expect(answer.toolCalls.map(\.arguments) == ["[1, 2]"])
    #expect(answer.content.filter { $0 != " " } == "sonow")
  }
}
