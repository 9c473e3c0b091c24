import Foundation

/// Files that the user names beside the model.
enum InputFile {
  /// A text file's contents, with U+FFFD in place of what is not UTF-8.
  static func text(_ path: String) throws(Failure) -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    } catch {
      throw Failure(.missingInput, "notReadable", "the file cannot be read", at: path)
    }
  }

  /// A JSON file's value; `what` says what it should be.
  static func json<Value: Decodable>(
    _ path: String, as type: Value.Type, what: String
  ) throws(Failure) -> Value {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Failure(.missingInput, "notReadable", "the file cannot be read", at: path)
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw Failure(.badData, "invalidInput", "the file should hold \(what) as JSON", at: path)
    }
  }
}
