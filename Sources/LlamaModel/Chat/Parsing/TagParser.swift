/// Parses answers whose thinking and calls stand between tags.
struct TagParser: ChatParser {
  private enum State {
    /// Before anything: bare JSON may come.
    case start
    case text
    case reasoning(Int)
    case callStart(CallTag)
    case json(CallScanner)
    /// The name so far.
    case name(CallTag, String)
    /// Before the first letter of the arguments, which shows how they are written.
    case argumentStart(CallTag)
    /// The arguments so far, if they have to be converted when they are complete.
    case arguments(CallTag, held: String?)
  }

  private let syntax: TagSyntax
  private var scanner = MarkerScanner()
  private var sink = EventSink()
  private var state: State
  /// What is looked for within text: beginnings, and marks that are dropped.
  private let textMarkers: [String]

  init(_ syntax: TagSyntax, prompt: String) {
    self.syntax = syntax
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
      state = syntax.readsBareJSON ? .start : .text
    }
  }

  mutating func append(_ text: String) -> [ChatEvent] {
    scanner.append(text)
    while step() {}
    return sink.take()
  }

  mutating func finish() -> [ChatEvent] {
    while step() {}
    switch state {
    case .start, .text, .callStart: sink.text(scanner.rest())
    case .reasoning: sink.reasoning(scanner.rest())
    case .json(var calls):
      sink.text(calls.finish(&sink) + scanner.rest())
    case .name(_, let name): sink.text(name + scanner.rest())
    case .argumentStart(let tag):
      sink.arguments(scanner.rest())
      endArguments(tag, nil)
    case .arguments(let tag, let held):
      let rest = scanner.rest()
      if held == nil { sink.arguments(rest) }
      endArguments(tag, held.map { $0 + rest })
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
    case .name(let tag, let name): stepName(tag, name)
    case .argumentStart(let tag): stepArgumentStart(tag)
    case .arguments(let tag, let held): stepArguments(tag, held)
    }
  }

  private mutating func stepStart() -> Bool {
    guard let byte = scanner.firstSolid else { return false }
    if byte == UInt8(ascii: ";") {
      // Several calls have semicolons between them.
      guard scanner.next([";"]) != nil else { return false }
      return true
    }
    state = byte == UInt8(ascii: "{") ? .json(CallScanner(requiresName: true)) : .text
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
      state = syntax.readsBareJSON ? .start : .text
    }
    return true
  }

  private mutating func stepCallStart(_ tag: CallTag) -> Bool {
    switch tag.style {
    case .json: state = .json(CallScanner(requiresName: false))
    case .named: state = .name(tag, "")
    case .jsonOrNamed:
      guard let byte = scanner.firstSolid else { return false }
      let isJSON = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
      state = isJSON ? .json(CallScanner(requiresName: false)) : .name(tag, "")
    }
    return true
  }

  private mutating func stepJSON(_ calls: CallScanner) -> Bool {
    if scanner.isEmpty { return false }
    var calls = calls
    switch calls.append(scanner.rest(), to: &sink) {
    case .unfinished:
      state = .json(calls)
      return false
    case .finished(let rest):
      scanner.prepend(rest)
      state = syntax.readsBareJSON ? .start : .text
    case .failed(let text):
      scanner.prepend(text)
      state = .text
    }
    return true
  }

  private mutating func stepName(_ tag: CallTag, _ name: String) -> Bool {
    let isSecond = tag.kindWord != nil && name.hasPrefix("\u{0}")
    let separators = isSecond ? ["\n```json\n", "\n"] : tag.separators
    guard let result = scanner.next(separators + tag.ends) else { return false }
    switch result {
    case .text(let text): state = .name(tag, name + text)
    case .marker(let index) where index < separators.count:
      var name = name.filter { $0 != "\u{0}" && !$0.isWhitespace }
      if !isSecond, name == tag.kindWord {
        // The name itself follows; the mark stays out of what is given out.
        state = .name(tag, "\u{0}")
        return true
      }
      if name == tag.textName {
        sink.marker()
        state = .text
        return true
      }
      var id = ""
      if let separator = tag.idSeparator, let range = name.firstRange(of: separator) {
        id = String(name[range.upperBound...])
        name = String(name[..<range.lowerBound])
      }
      sink.beginCall(id: id, name: name)
      if tag.notation == .gemma { scanner.prepend("{") }
      state = .argumentStart(tag)
    case .marker:
      sink.text(name)
      sink.marker()
      state = .text
    }
    return true
  }

  private mutating func stepArgumentStart(_ tag: CallTag) -> Bool {
    var isHeld = tag.notation == .gemma
    if tag.begin == "<function=" {
      // Parameters may come as elements, which become JSON only when they are complete.
      guard let byte = scanner.firstSolid else { return false }
      isHeld = byte == UInt8(ascii: "<")
    }
    state = .arguments(tag, held: isHeld ? "" : nil)
    return true
  }

  private mutating func stepArguments(_ tag: CallTag, _ held: String?) -> Bool {
    let markers = tag.ends + (tag.separators.isEmpty ? [] : [tag.begin])
    guard let result = scanner.next(markers) else { return false }
    switch result {
    case .text(let text):
      if let held {
        state = .arguments(tag, held: held + text)
      } else {
        sink.arguments(text)
        state = .arguments(tag, held: nil)
      }
    case .marker(let index):
      endArguments(tag, held)
      state = index < tag.ends.count ? .text : .callStart(tag)
    }
    return true
  }

  private mutating func endArguments(_ tag: CallTag, _ held: String?) {
    if let held {
      sink.arguments(
        tag.notation == .gemma
          ? ArgumentNotation.gemma(held) : ArgumentNotation.elements(held))
    }
    sink.endCall()
  }
}
