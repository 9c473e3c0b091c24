/// Reads `{"name": …, "arguments": …}`, or a list of such, while it comes.
struct CallScanner {
  /// What is read.
  enum Kind {
    /// A value after a mark that announces calls.
    case marked
    /// A value without a mark: the first key must be one that a call has, for any other JSON is text.
    case bare
    /// Objects whose keys are the names of tools, and whose values are the arguments.
    case keyed
  }

  enum Outcome {
    /// More text is needed.
    case unfinished
    /// The value is complete; the text after it was not taken.
    case finished(rest: String)
    /// It is no call; the text that was taken and has not been given out.
    case failed(String)
  }

  private enum Place {
    case beforeObject, beforeKey, key, beforeColon, beforeValue, value, afterValue
  }

  private let kind: Kind
  private var place = Place.beforeObject
  private var isList = false
  /// What the current call has brought so far and might have to be given back.
  private var taken: [UInt8] = []
  private var key: [UInt8] = []
  private var value: [UInt8] = []
  /// Open brackets within the value.
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isString = false

  private var id = ""
  private var hasBegun = false
  /// Whether an object within this one was the call.
  private var hasEnded = false
  private var early: [UInt8] = []

  init(_ kind: Kind) { self.kind = kind }

  mutating func append(_ text: String, to sink: inout EventSink) -> Outcome {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      taken.append(byte)
      switch step(byte, &sink) {
      case .goOn: continue
      case .fail: return .failed(given(bytes[index...]))
      case .end: return .finished(rest: String(decoding: bytes[index...], as: UTF8.self))
      case .endBefore:
        return .finished(rest: String(decoding: bytes[(index - 1)...], as: UTF8.self))
      }
    }
    flushArguments(&sink)
    return .unfinished
  }

  /// Ends in the midst of a value: a call that has begun stays one, the rest is text.
  mutating func finish(_ sink: inout EventSink) -> String {
    if hasBegun {
      flushArguments(&sink)
      sink.endCall()
      hasBegun = false
      return ""
    }
    return given([])
  }

  private mutating func given(_ rest: ArraySlice<UInt8>) -> String {
    defer { taken = [] }
    return String(decoding: taken + rest, as: UTF8.self)
  }

  private enum Step {
    case goOn, fail, end, endBefore
  }

  private mutating func step(_ byte: UInt8, _ sink: inout EventSink) -> Step {
    let isSpace = MarkerScanner.isSpace(byte)
    switch place {
    case .beforeObject:
      switch byte {
      case UInt8(ascii: "{"): place = .beforeKey
      case UInt8(ascii: "[") where !isList: isList = true
      case UInt8(ascii: ",") where isList: break
      case UInt8(ascii: "]") where isList: return .end
      default: return isSpace ? .goOn : .fail
      }
    case .beforeKey:
      if byte == UInt8(ascii: "\"") {
        place = .key
        key = []
      } else if byte == UInt8(ascii: "}") {
        return endObject(&sink)
      } else if byte != UInt8(ascii: ","), !isSpace {
        return fail(&sink)
      }
    case .key:
      if byte == UInt8(ascii: "\"") {
        if kind == .bare, !hasBegun, !isKnownKey { return .fail }
        place = .beforeColon
      } else {
        key.append(byte)
      }
    case .beforeColon:
      if byte == UInt8(ascii: ":") {
        place = .beforeValue
        if kind == .keyed {
          if hasBegun { sink.endCall() }
          begin(keyText, &sink)
        }
      } else if !isSpace {
        return fail(&sink)
      }
    case .beforeValue:
      if isSpace { return .goOn }
      place = .value
      (value, depth, isInString, isEscaped) = ([], 0, false, false)
      isString = byte == UInt8(ascii: "\"")
      return valueStep(byte, &sink)
    case .value: return valueStep(byte, &sink)
    case .afterValue:
      if byte == UInt8(ascii: ",") {
        place = .beforeKey
      } else if byte == UInt8(ascii: "}") {
        return endObject(&sink)
      } else if !isSpace {
        return fail(&sink)
      }
    }
    return .goOn
  }

  /// What is wrong in a call that has begun goes into its arguments.
  private mutating func fail(_ sink: inout EventSink) -> Step {
    guard hasBegun else { return .fail }
    flushArguments(&sink)
    sink.endCall()
    hasBegun = false
    taken = taken.suffix(1)
    return .fail
  }

  private mutating func valueStep(_ byte: UInt8, _ sink: inout EventSink) -> Step {
    if isInString {
      value.append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        if depth == 0 { endValue(&sink) }
      }
      return .goOn
    }
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      value.append(byte)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
      value.append(byte)
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth == 0 {
        endValue(&sink)
        return byte == UInt8(ascii: "}") ? endObject(&sink) : fail(&sink)
      }
      depth -= 1
      value.append(byte)
      if depth == 0 { endValue(&sink) }
    case UInt8(ascii: ",") where depth == 0:
      endValue(&sink)
      place = .beforeKey
    default:
      if depth > 0 || !MarkerScanner.isSpace(byte) {
        value.append(byte)
      } else {
        endValue(&sink)
      }
    }
    return .goOn
  }

  private var keyText: String { String(decoding: key, as: UTF8.self) }
  private var isArguments: Bool {
    kind == .keyed || keyText == "arguments" || keyText == "parameters"
  }
  private var isKnownKey: Bool {
    [
      "name", "arguments", "parameters", "id", "type", "function", "tool_name", "tool_call_id",
    ].contains(keyText)
  }

  private mutating func begin(_ name: String, _ sink: inout EventSink) {
    hasBegun = true
    taken = []
    sink.beginCall(id: id, name: name)
    sink.arguments(String(decoding: early, as: UTF8.self))
    early = []
  }

  private mutating func endValue(_ sink: inout EventSink) {
    place = .afterValue
    let text = String(decoding: value, as: UTF8.self)
    let string = isString ? JSONString.decoded(text) ?? text : nil
    switch (keyText, string) {
    case (_, _) where isArguments:
      // Arguments may be written as a string of JSON.
      let whole = string ?? text
      if hasBegun {
        sink.arguments(whole)
      } else {
        early = Array(whole.utf8)
      }
    case ("name", let name?), ("tool_name", let name?), ("function", let name?):
      if !hasBegun { begin(name, &sink) }
    case ("function", nil) where !hasBegun:
      var inner = CallScanner(.marked)
      inner.id = id
      if case .finished = inner.append(text, to: &sink) {
        hasEnded = true
      } else {
        hasEnded = inner.finish(&sink).isEmpty
      }
    case ("id", let text?), ("tool_call_id", let text?): id = text
    default: break
    }
    value = []
  }

  /// Gives out the part of the arguments that is there.
  private mutating func flushArguments(_ sink: inout EventSink) {
    guard hasBegun, place == .value, isArguments, !isString, !value.isEmpty else { return }
    sink.arguments(String(decoding: value, as: UTF8.self))
    value = []
  }

  private mutating func endObject(_ sink: inout EventSink) -> Step {
    guard hasBegun || hasEnded else { return .fail }
    if hasBegun { sink.endCall() }
    (hasBegun, hasEnded, id, early, taken) = (false, false, "", [], [])
    place = .beforeObject
    return isList ? .goOn : .end
  }
}
