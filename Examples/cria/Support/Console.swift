import Foundation

/// Standard output for results, standard error for everything else.
enum Console {
  /// Writes a result, at once.
  static func write(_ text: String) throws(Failure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw Failure(.failed, "cannotWrite", "standard output cannot be written to")
    }
  }

  /// Writes a value as one line of JSON.
  static func writeJSON(_ value: some Encodable) throws {
    try write(jsonLine(value) + "\n")
  }

  /// Writes a line to standard error.
  static func note(_ line: String) { noteText(line + "\n") }

  /// Writes to standard error, where a failure could not be reported anyway.
  static func noteText(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Writes a part of a model's thinking to standard error, pale on a terminal.
  static func noteThinking(_ text: String) {
    guard !text.isEmpty else { return }
    noteText(isErrorTerminal ? "\u{1B}[2m\(text)\u{1B}[0m" : text)
  }

  /// One line of JSON, the same for the same value.
  static func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase  // of properties; a dictionary's keys stay
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Whether somebody types the input.
  static var isInputTerminal: Bool { isatty(0) == 1 }

  /// Whether somebody sees standard error.
  static var isErrorTerminal: Bool { isatty(2) == 1 }

  /// Reads a line, away from Swift's cooperative threads, which must not block.
  static func readLine() async -> String? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: Swift.readLine()) }
    }
  }

  /// Reads standard input to its end.
  static func readAll() throws(Failure) -> String {
    do {
      return String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self)
    } catch {
      throw Failure(.missingInput, "cannotRead", "standard input cannot be read")
    }
  }
}

/// A value that is written as `null` when there is none; other optionals are left out.
@propertyWrapper
struct Nullable<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue {
      try container.encode(wrappedValue)
    } else {
      try container.encodeNil()
    }
  }
}
