/// Collects events: drops white space beside markers, and numbers the calls.
struct EventSink {
  private var events: [ChatEvent] = []
  /// White space at the end of what came last, kept in case more of the same follows.
  private var space = ""
  private var isReasoning = false
  /// Whether white space that comes next stands beside a marker.
  private var isAfterMarker = false
  private var calls = 0
  private var argumentSpace = ""
  private var hasArguments = false

  /// The events since this was last asked.
  mutating func take() -> [ChatEvent] {
    defer { events = [] }
    return events
  }

  mutating func text(_ text: String) { add(text, isReasoning: false) }

  mutating func reasoning(_ text: String) { add(text, isReasoning: true) }

  /// Notes a marker: the white space on both sides of it does not count.
  mutating func marker() {
    space = ""
    isAfterMarker = true
  }

  private mutating func add(_ text: String, isReasoning: Bool) {
    if isReasoning != self.isReasoning { marker() }
    self.isReasoning = isReasoning
    if !isAfterMarker, text.allSatisfy(Self.isSpace) {
      space += text
      return
    }
    var rest = Substring(space + text)
    space = ""
    if isAfterMarker { rest = rest.drop(while: Self.isSpace) }
    guard let last = rest.lastIndex(where: { !Self.isSpace($0) }) else {
      if !isAfterMarker { space = String(rest) }
      return
    }
    isAfterMarker = false
    let solid = String(rest[...last])
    space = String(rest[rest.index(after: last)...])
    events.append(isReasoning ? .reasoning(solid) : .text(solid))
  }

  mutating func beginCall(id: String = "", name: String) {
    marker()
    events.append(.toolCallBegin(index: calls, id: id, name: name))
    argumentSpace = ""
    hasArguments = false
  }

  mutating func arguments(_ text: String) {
    var rest = Substring(argumentSpace + text)
    argumentSpace = ""
    if !hasArguments { rest = rest.drop(while: Self.isSpace) }
    guard let last = rest.lastIndex(where: { !Self.isSpace($0) }) else {
      if hasArguments { argumentSpace = String(rest) }
      return
    }
    hasArguments = true
    argumentSpace = String(rest[rest.index(after: last)...])
    events.append(.toolCallArguments(index: calls, String(rest[...last])))
  }

  mutating func endCall() {
    events.append(.toolCallEnd(index: calls))
    calls += 1
    marker()
  }

  /// Gives out white space at the very end, which belongs to the answer.
  mutating func finish() {
    if !space.isEmpty, !isReasoning { events.append(.text(space)) }
    space = ""
  }

  private static func isSpace(_ character: Character) -> Bool {
    character == " " || character == "\n" || character == "\t" || character == "\r\n"
      || character == "\r"
  }
}
