internal import ChatTemplate

/// Parses answers whose thinking and calls stand between tags.
struct TagParser: ChatParser {
  enum State {
    /// Before anything: bare calls may come.
    case start
    case text
    case reasoning(Int)
    case callStart(CallTag)
    case json(CallScanner)
    /// The name, of which ``held`` has the beginning.
    case name(CallTag)
    /// Before the first letter of the arguments, which shows how they are written.
    case argumentStart(CallTag)
    /// The arguments, which go to ``held`` if they are converted when they are complete.
    case arguments(CallTag, isHeld: Bool)
    /// Calls as Python has them, in ``held`` until they are complete; without a tag bare ones.
    case python(CallTag?)
  }

  let syntax: TagSyntax
  let tools: [ToolDefinition]
  var scanner = MarkerScanner()
  var sink = EventSink()
  var state: State
  /// What can only be judged when more of it is there.
  var held = ""
  /// The tool that is called.
  var callName = ""
  /// What is looked for within text: beginnings, and marks that are dropped.
  private let textMarkers: [String]

  init(_ syntax: TagSyntax, prompt: String, tools: [ToolDefinition] = []) {
    self.syntax = syntax
    self.tools = tools
    textMarkers =
      syntax.reasoning.map(\.begin) + syntax.calls.map(\.begin)
      + syntax.reasoning.map(\.end) + syntax.calls.flatMap(\.ends) + syntax.dropped
    let end = prompt.reversed().drop { $0.isWhitespace }
    func closes(_ marker: String) -> Bool {
      let trimmed = marker.reversed().drop { $0.isWhitespace }
      return end.starts(with: trimmed)
    }
    if let index = syntax.reasoning.firstIndex(where: { closes($0.begin) }) {
      state = .reasoning(index)
    } else if let tag = syntax.calls.first(where: { $0.textName != nil && closes($0.begin) }) {
      state = .callStart(tag)
    } else {
      state = syntax.bareCalls.isEmpty ? .text : .start
    }
  }

  mutating func append(_ text: String) -> [ChatEvent] {
    scanner.append(text)
    while step() {}
    return sink.take()
  }

  /// Notes a mark outside of this syntax: white space beside it does not count.
  mutating func mark() {
    if case .text = state { sink.marker() }
  }

  mutating func finish() -> [ChatEvent] {
    while step() {}
    switch state {
    case .start, .text, .callStart: sink.text(scanner.rest())
    case .reasoning: sink.reasoning(scanner.rest())
    case .json(var calls):
      sink.text(calls.finish(&sink) + scanner.rest())
    case .name: sink.text(held.filter { $0 != "\u{0}" } + scanner.rest())
    case .argumentStart(let tag):
      sink.arguments(scanner.rest())
      endArguments(tag, isHeld: false)
    case .arguments(let tag, let isHeld):
      if isHeld { held += scanner.rest() } else { sink.arguments(scanner.rest()) }
      endArguments(tag, isHeld: isHeld)
    case .python(let tag):
      held += scanner.rest()
      endPython(tag)
    }
    state = .text
    sink.finish()
    return sink.take()
  }

  /// Does what the text at hand allows; false when more is needed.
  private mutating func step() -> Bool {
    switch state {
    case .start: stepStart()
    case .text: stepText()
    case .reasoning(let index): stepReasoning(index)
    case .callStart(let tag): stepCallStart(tag)
    case .json(let calls): stepJSON(calls)
    case .name(let tag): stepName(tag)
    case .argumentStart(let tag): stepArgumentStart(tag)
    case .arguments(let tag, let isHeld): stepArguments(tag, isHeld: isHeld)
    case .python(let tag): stepPython(tag)
    }
  }

  private mutating func stepStart() -> Bool {
    guard let byte = scanner.firstSolid else { return false }
    switch byte {
    case UInt8(ascii: ";") where syntax.bareCalls.contains(.json):
      // Several calls have semicolons between them.
      return scanner.next([";"]) != nil
    case UInt8(ascii: "["):
      if syntax.bareCalls.contains(.python) {
        guard let isPython = PythonCalls.mayBegin(scanner.text) else { return false }
        if isPython {
          held = ""
          state = .python(nil)
          return true
        }
      }
      state = syntax.bareCalls.contains(.json) ? .json(CallScanner(.bare)) : .text
    case UInt8(ascii: "{") where syntax.bareCalls.contains(.json):
      state = .json(CallScanner(.bare))
    default: state = .text
    }
    return true
  }

  private mutating func stepText() -> Bool {
    guard let result = scanner.next(textMarkers) else { return false }
    switch result {
    case .text(let text): sink.text(text)
    case .marker(let index):
      sink.marker()
      if index < syntax.reasoning.count {
        state = .reasoning(index)
      } else if index < syntax.reasoning.count + syntax.calls.count {
        state = .callStart(syntax.calls[index - syntax.reasoning.count])
      }
    }
    return true
  }

  private mutating func stepReasoning(_ index: Int) -> Bool {
    guard let result = scanner.next([syntax.reasoning[index].end]) else { return false }
    switch result {
    case .text(let text): sink.reasoning(text)
    case .marker:
      sink.marker()
      state = syntax.bareCalls.isEmpty ? .text : .start
    }
    return true
  }
}
