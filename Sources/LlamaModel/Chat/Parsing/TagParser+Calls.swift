internal import ChatTemplate

/// Within the tags of calls.
extension TagParser {
  mutating func stepCallStart(_ tag: CallTag) -> Bool {
    held = ""
    switch tag.style {
    case .json: state = .json(CallScanner(.marked))
    case .keyed: state = .json(CallScanner(.keyed))
    case .python:
      guard let byte = scanner.firstSolid else { return false }
      state = byte == UInt8(ascii: "{") ? .json(CallScanner(.marked)) : .python(tag)
    case .named: state = .name(tag)
    case .jsonOrNamed:
      guard let byte = scanner.firstSolid else { return false }
      let isJSON = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
      state = isJSON ? .json(CallScanner(.marked)) : .name(tag)
    }
    return true
  }

  mutating func stepJSON(_ calls: CallScanner) -> Bool {
    if scanner.isEmpty { return false }
    var calls = calls
    switch calls.append(scanner.rest(), to: &sink) {
    case .unfinished:
      state = .json(calls)
      return false
    case .finished(let rest):
      scanner.prepend(rest)
      state = syntax.bareCalls.contains(.json) ? .start : .text
    case .failed(let text):
      scanner.prepend(text)
      state = .text
    }
    return true
  }

  mutating func stepName(_ tag: CallTag) -> Bool {
    let isSecond = tag.kindWord != nil && held.hasPrefix("\u{0}")
    var separators = isSecond ? ["\n```json\n", "\n"] : tag.separators
    // The first argument ends the name, too.
    if let elements = tag.elements { separators.append(elements.begin) }
    guard let result = scanner.next(separators + tag.ends) else { return false }
    switch result {
    case .text(let text): held += text
    case .marker(let index) where index < separators.count:
      let name = held.filter { $0 != "\u{0}" && !$0.isWhitespace }
      if name.isEmpty, separators[index].allSatisfy(\.isWhitespace) { return true }
      if !isSecond, name == tag.kindWord {
        // The name itself follows; the mark stays out of what is given out.
        held = "\u{0}"
        return true
      }
      if name == tag.textName {
        sink.marker()
        state = .text
        return true
      }
      if separators[index] == tag.elements?.begin { scanner.prepend(separators[index]) }
      if case .gemma = tag.notation { scanner.prepend("{") }
      begin(tag, name)
      state = .argumentStart(tag)
    case .marker:
      let name = held.filter { !$0.isWhitespace }
      if tag.elements != nil, !name.isEmpty, !held.contains("<") {
        begin(tag, name)
        sink.arguments("{}")
        sink.endCall()
      } else {
        sink.text(held)
      }
      sink.marker()
      state = .text
    }
    return true
  }

  private mutating func begin(_ tag: CallTag, _ written: String) {
    var (name, id) = tag.naming?(written) ?? (written, "")
    if let separator = tag.idSeparator, let range = name.firstRange(of: separator) {
      id = String(name[range.upperBound...])
      name = String(name[..<range.lowerBound])
    }
    callName = name
    sink.beginCall(id: id, name: name)
  }

  mutating func stepArgumentStart(_ tag: CallTag) -> Bool {
    var isHeld = false
    switch tag.notation {
    case .json: break
    case .gemma: isHeld = true
    case .elements:
      guard let byte = scanner.firstSolid else { return false }
      isHeld = byte != UInt8(ascii: "{")
    }
    held = ""
    state = .arguments(tag, isHeld: isHeld)
    return true
  }

  mutating func stepArguments(_ tag: CallTag, isHeld: Bool) -> Bool {
    let markers = tag.ends + (tag.separators.isEmpty ? [] : [tag.begin])
    guard let result = scanner.next(markers) else { return false }
    switch result {
    case .text(let text):
      if isHeld { held += text } else { sink.arguments(text) }
    case .marker(let index):
      endArguments(tag, isHeld: isHeld)
      state = index < tag.ends.count ? .text : .callStart(tag)
    }
    return true
  }

  mutating func endArguments(_ tag: CallTag, isHeld: Bool) {
    if isHeld {
      switch tag.notation {
      case .json: sink.arguments(held)
      case .gemma: sink.arguments(ArgumentNotation.gemma(held))
      case .elements(let elements):
        let properties = tools.first { $0.name == callName }?.parameters["properties"]
        sink.arguments(
          ArgumentNotation.elements(held, elements) { name in
            properties?[name]?["type"].map { $0 == "string" }
          })
      }
    }
    held = ""
    sink.endCall()
  }

  mutating func stepPython(_ tag: CallTag?) -> Bool {
    guard let result = scanner.next(tag?.ends ?? syntax.dropped) else { return false }
    switch result {
    case .text(let text): held += text
    case .marker:
      endPython(tag)
      sink.marker()
      state = .text
    }
    return true
  }

  /// Gives out the calls held back: Python's, else JSON's, else text.
  mutating func endPython(_ tag: CallTag?) {
    defer { held = "" }
    if let calls = PythonCalls.read(held) {
      for call in calls {
        let (name, id) = tag?.naming?(call.name) ?? (call.name, "")
        sink.beginCall(id: id, name: name)
        sink.arguments(call.arguments)
        sink.endCall()
      }
      return
    }
    var scanner = CallScanner(.marked)
    switch scanner.append(held, to: &sink) {
    case .unfinished: sink.text(scanner.finish(&sink))
    case .finished(let rest), .failed(let rest): sink.text(rest)
    }
  }
}
