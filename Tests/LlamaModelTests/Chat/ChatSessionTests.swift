import ChatTemplate
import LlamaModel
import Sampling
import Testing

@Suite struct ChatSessionTests {
  private static let weather = ToolDefinition(name: "weather", description: "Tells the weather.")

  @Test("Pieces make the message, and the message becomes part of the chat")
  func pieces() async throws {
    let model = try ChatModels.model()
    let chat = ChatSession(model, instructions: "be kind", options: ChatModels.greedy(12))
    var text = ""
    var last: ChatPiece?
    for try await piece in chat.respond(to: "hello") {
      text += piece.text
      last = piece
    }
    let completion = try #require(last?.completion)
    #expect(completion.message.content == text)
    #expect(completion.usage.completionTokens == 12)
    #expect(completion.finishReason == .length)
    #expect(chat.messages.map(\.role) == [.system, .user, .assistant])
    #expect(chat.messages.last?.content == text)
  }

  @Test(
    "A later turn reads only what is new, and says what a chat from the beginning would",
    arguments: ["llama", "lfm2", "gemma3"])
  func reuse(architecture: String) async throws {
    let model = try ChatModels.model { $0.architecture = architecture }
    let options = ChatModels.greedy(8)
    let chat = ChatSession(model, options: options)
    let first = try await chat.respond(to: "hello there").completion()
    #expect(first.generation.reusedTokens == 0)
    let before = chat.messages
    let second = try await chat.respond(to: "and again").completion()
    let fresh = ChatSession(model, messages: before, options: options)
    let again = try await fresh.respond(to: "and again").completion()
    #expect(again.generation.reusedTokens == 0)
    #expect(second.generation.tokens == again.generation.tokens)
    #expect(second.usage == again.usage)
    if architecture == "llama" { #expect(second.generation.reusedTokens > 10) }
    // What is taken back is forgotten, too.
    chat.messages = before
    let repeated = try await chat.respond(to: "and again").completion()
    #expect(repeated.generation.tokens == again.generation.tokens)
  }

  @Test("A model asks for a tool, is answered, and answers")
  func tools() async throws {
    let model = try ChatModels.model()
    let chat = ChatSession(model, tools: [Self.weather])
    let call = try await chat.respond(
      to: "is it warm",
      options: ChatModels.saying(
        "let me see <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"b\"}}</tool_call>",
        model)
    ).completion()
    #expect(call.finishReason == .toolCalls)
    #expect(call.message.content == "let me see")
    let asked = try #require(call.message.toolCalls.first)
    #expect(asked.name == "weather")
    #expect(asked.arguments == "{\"city\": \"b\"}")
    #expect(asked.id == "call00000")
    let answer = try await chat.respond(
      to: [.toolAnswer("it is cold", to: asked)], options: ChatModels.saying("no", model)
    ).completion()
    #expect(answer.message == ChatMessage(.assistant, "no"))
    #expect(answer.finishReason == .stop)
    #expect(chat.messages.map(\.role) == [.user, .assistant, .tool, .assistant])
    let prompt = try chat.template.prompt(for: chat.messages, tools: chat.tools)
    #expect(prompt.text.contains("<tool_call>\n{\"name\": \"weather\""))
    #expect(prompt.text.contains("<|im_start|>tool\nit is cold<|im_end|>"))
  }

  @Test("Thinking is told apart, also where the prompt has begun it")
  func reasoning() async throws {
    let model = try ChatModels.model()
    let said = ChatModels.saying("<think>\nhm\n</think>\n\nyes", model)
    let answer = try await ChatSession(model).respond(to: "well", options: said).completion()
    #expect(answer.message == ChatMessage(.assistant, "yes", reasoning: "hm"))
    let thinking = try ChatModels.model(ChatModels.chatML + "{{- '<think>' }}")
    let rest = ChatModels.saying("hm</think>yes", thinking)
    let second = try await ChatSession(thinking).respond(to: "well", options: rest).completion()
    #expect(second.message == ChatMessage(.assistant, "yes", reasoning: "hm"))
  }

  @Test("A chat that is too long fails, or leaves out its oldest turns but not the instructions")
  func overflow() async throws {
    let model = try ChatModels.model()
    var options = ChatModels.greedy(4)
    options.generation.contextLength = 90
    let turns = (0..<6).map { ChatMessage($0.isMultiple(of: 2) ? .user : .assistant, "turn \($0)") }
    let messages = [ChatMessage(.system, "be kind")] + turns
    let strict = ChatSession(model, messages: messages, options: options)
    let error = await #expect(throws: ModelError.self) {
      try await strict.respond(to: "what next").completion()
    }
    #expect(error?.code == .contextFull)
    #expect(strict.messages == messages)

    options.overflow = .leaveOutOldest(reserving: 10)
    let lenient = ChatSession(model, messages: messages, options: options)
    let answer = try await lenient.respond(to: "what next").completion()
    #expect(answer.usage.promptTokens <= 80)
    #expect(lenient.messages.count == messages.count + 2)
    let kept = try lenient.template.prompt(
      for: [messages[0], turns[4], turns[5], ChatMessage(.user, "what next")], options: options)
    #expect(answer.usage.promptTokens == kept.tokens.count)
  }

  @Test("An answer that nobody waits for leaves no trace, and the next one does not wait for it")
  func cancelling() async throws {
    let model = try ChatModels.model()
    let chat = ChatSession(model, options: ChatModels.greedy(3))
    func gated() -> (GatedSampler.Gate, ChatOptions) {
      let sampler = GatedSampler()
      var options = ChatModels.greedy(20)
      options.generation.sampler = SamplerChain(transforms: [], sampler: sampler)
      return (sampler.gate, options)
    }
    let (gate, options) = gated()
    for try await _ in chat.respond(to: "hello", options: options) { break }
    gate.open()
    let next = try await chat.respond(to: "again").completion()
    #expect(next.usage.completionTokens == 3)
    #expect(chat.messages.map(\.content) == ["again", next.message.content])

    let (other, others) = gated()
    let task = Task { try await chat.respond(to: "long", options: others).completion() }
    task.cancel()
    let error = await #expect(throws: ModelError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    other.open()
    _ = try await chat.respond(to: "last").completion()
    #expect(chat.messages.filter { $0.role == .user }.map(\.content) == ["again", "last"])
  }

  @Test("Responses asked for at once are made one after the other")
  func concurrently() async throws {
    let model = try ChatModels.model()
    let chat = ChatSession(model, options: ChatModels.greedy(5))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for word in ["one", "two", "three"] {
        group.addTask { _ = try await chat.respond(to: word).completion() }
      }
      try await group.waitForAll()
    }
    let messages = chat.messages
    #expect(messages.count == 6)
    #expect(
      messages.map(\.role) == [.user, .assistant, .user, .assistant, .user, .assistant])
    // Each answer is the one that the messages before it lead to.
    let alone = ChatSession(model, messages: Array(messages.prefix(4)), options: chat.options)
    let last = try await alone.respond(to: [messages[4]]).completion()
    #expect(last.message == messages[5])
  }

  @Test("A template's own end of turn ends the answer, whatever the vocabulary says of it")
  func endOfTurn() async throws {
    // Neither a piece that ends generations nor, in the second one, a piece at all.
    for pieces in [["<|im_start|>", "<|im_end|>", "<over>"], ["<|im_start|>", "<|im_end|>"]] {
      let model = try ChatModels.model(
        "{%- for m in messages %}{{- m.role + ': ' + m.content + '<over>' }}{%- endfor %}",
        controlPieces: pieces)
      let chat = ChatSession(model)
      let answer = try await chat.respond(
        to: "well", options: ChatModels.saying("yes <b> no<over>user: more", model)
      ).completion()
      #expect(answer.message.content == "yes <b> no")
      #expect(answer.finishReason == .stop)
    }
  }

  @Test("A template that is none, and one that refuses, fail with their reason")
  func failures() async throws {
    let broken = ChatSession(try ChatModels.model("{% if %}"))
    #expect(throws: ModelError.self) { try broken.template }
    var error = await #expect(throws: ModelError.self) {
      try await broken.respond(to: "hello").completion()
    }
    #expect(error?.code == .templateFailure)
    #expect(error?.message.contains("line 1") == true)
    let strict = ChatSession(
      try ChatModels.model(
        "{%- if messages | length > 2 %}{{- raise_exception('too many') }}{%- endif %}hi"))
    strict.messages = [ChatMessage(.user, "a"), ChatMessage(.assistant, "b")]
    error = await #expect(throws: ModelError.self) {
      try await strict.respond(to: "c").completion()
    }
    #expect(error?.code == .templateFailure)
    #expect(error?.message.contains("too many") == true)
    #expect(strict.messages.count == 2)
  }
}
