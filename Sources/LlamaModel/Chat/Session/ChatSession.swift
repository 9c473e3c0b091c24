import Synchronization

/// A conversation with a model.
///
/// ```swift
/// let chat = ChatSession(model, instructions: "You are a math tutor.")
/// for try await piece in chat.respond(to: "What is 2 + 2?") {
///   print(piece.text, terminator: "")
/// }
/// ```
///
/// Every prompt is made anew from the messages, by the model's template, so that answers depend on
/// nothing else; but the model reads only what has changed since the last one. Responses of one
/// session are made one after the other, in the order in which their iteration starts, and each of
/// them becomes part of ``messages`` when the model has ended: one that fails or is cancelled before
/// leaves no trace.
public final class ChatSession: Sendable {
  /// The model.
  public let model: LanguageModel
  /// The tools that the model may ask for.
  public let tools: [ToolDefinition]
  /// How answers are made unless a response is asked for with options of its own.
  public let options: ChatOptions

  private struct State {
    var messages: [ChatMessage]
    /// The response that is being made.
    var occupant: ObjectIdentifier?
  }

  private let state: Mutex<State>
  private let prompts: Result<ConversationTemplate, ModelError>
  /// What the model has read of this chat.
  let slot = SequenceSlot(isKept: true)

  /// Begins a conversation.
  ///
  /// A template that cannot be parsed makes the responses fail; ``template`` says so at once.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - instructions: The system message.
  ///   - tools: The tools that the model may ask for.
  ///   - options: How answers are made.
  ///   - template: Used instead of the model's own.
  public convenience init(
    _ model: LanguageModel, instructions: String? = nil, tools: [ToolDefinition] = [],
    options: ChatOptions = ChatOptions(), template: ConversationTemplate? = nil
  ) {
    self.init(
      model, messages: instructions.map { [ChatMessage(.system, $0)] } ?? [], tools: tools,
      options: options, template: template)
  }

  /// Goes on with a conversation.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - messages: What has been said, the instructions first.
  ///   - tools: The tools that the model may ask for.
  ///   - options: How answers are made.
  ///   - template: Used instead of the model's own.
  public init(
    _ model: LanguageModel, messages: [ChatMessage], tools: [ToolDefinition] = [],
    options: ChatOptions = ChatOptions(), template: ConversationTemplate? = nil
  ) {
    self.model = model
    self.tools = tools
    self.options = options
    state = Mutex(State(messages: messages))
    if let template {
      prompts = .success(template)
    } else {
      do throws(ModelError) {
        prompts = .success(try ConversationTemplate(model))
      } catch {
        prompts = .failure(error)
      }
    }
  }

  /// What makes the prompts.
  public var template: ConversationTemplate {
    get throws(ModelError) { try prompts.get() }
  }

  /// What has been said. It can be changed between responses, to take something back or to go on
  /// from another place.
  public var messages: [ChatMessage] {
    get { state.withLock { $0.messages } }
    set { state.withLock { $0.messages = newValue } }
  }

  /// Says something, and lets the model answer while the response is iterated.
  ///
  /// - Parameters:
  ///   - text: What the user says.
  ///   - options: Used instead of the session's.
  public func respond(to text: String, options: ChatOptions? = nil) -> ChatResponse {
    respond(to: [ChatMessage(.user, text)], options: options)
  }

  /// Adds messages, such as what tools have answered, and lets the model answer while the response
  /// is iterated.
  ///
  /// - Parameters:
  ///   - messages: What comes next; none to answer what has been said already.
  ///   - options: Used instead of the session's.
  public func respond(to messages: [ChatMessage], options: ChatOptions? = nil) -> ChatResponse {
    ChatResponse(session: self, messages: messages, options: options ?? self.options)
  }

  /// Lets a response begin, unless another one is being made.
  func tryBegin(_ response: AnyObject) -> Bool {
    state.withLock {
      guard $0.occupant == nil else { return false }
      $0.occupant = ObjectIdentifier(response)
      return true
    }
  }

  /// Ends a response, and adds what was said to the messages if it is complete.
  func end(_ response: AnyObject, adding messages: [ChatMessage] = []) {
    state.withLock {
      guard $0.occupant == ObjectIdentifier(response) else { return }
      $0.messages += messages
      $0.occupant = nil
    }
  }
}
