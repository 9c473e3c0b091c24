import Foundation
import LlamaModel
import Sampling
import Testing

@Suite struct ChatTypedTests {
  struct Verdict: Codable, Equatable {
    enum Mark: String, Codable, CaseIterable { case good, bad }
    var mark: Mark
    var reasons: [String]
  }

  @Test("An answer is a value of the type asked for, and part of the chat")
  func values() async throws {
    let chat = ChatSession(try ChatModels.model(), options: ChatModels.greedy(60))
    let verdict = try await chat.respond(to: "how was it", as: Verdict.self)
    let answer = try #require(chat.messages.last)
    #expect(answer.role == .assistant)
    #expect(
      try JSONDecoder().decode(Verdict.self, from: Data(answer.content.utf8)) == verdict)
    // The next answer is free again.
    let free = try await chat.respond(to: "and now").completion()
    #expect(chat.messages.count == 4)
    #expect(free.usage.completionTokens > 0)
  }

  @Test("A limit that is too small for the type is an error, which leaves no trace")
  func limits() async throws {
    let chat = ChatSession(try ChatModels.model(), options: ChatModels.greedy(3))
    let error = await #expect(throws: ModelError.self) {
      try await chat.respond(to: "how was it", as: Verdict.self)
    }
    #expect(error?.code == .incompleteOutput)
    #expect(chat.messages.isEmpty)
  }

  @Test("A value grows while it is written")
  func streaming() async throws {
    let chat = ChatSession(try ChatModels.model(), options: ChatModels.greedy(60))
    var last: PartialValue<Verdict>?
    for try await partial in try chat.stream(to: "how was it", as: Verdict.self) {
      if let last { #expect(partial.text.hasPrefix(last.text)) }
      last = partial
    }
    let whole = try #require(last)
    #expect(whole.isComplete)
    #expect(chat.messages.last?.content == whole.text)
  }

  @Test("Choosing leaves the chat as it is")
  func choosing() async throws {
    let chat = ChatSession(try ChatModels.model(), options: ChatModels.greedy(4))
    let choices = try await chat.choose(from: ["a", "b", "c"], inAnswerTo: "which one")
    #expect(Set(choices.map(\.text)) == ["a", "b", "c"])
    #expect(abs(choices.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
    #expect(chat.messages.isEmpty)
  }
}
