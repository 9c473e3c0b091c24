import Foundation

/// Files that the user names beside the model.
enum InputFile {
  /// A file's bytes.
  static func data(_ path: String) throws(Failure) -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Failure(.missingInput, "notReadable", "the file cannot be read", at: path)
    }
  }

  /// A text file's contents, with U+FFFD in place of what is not UTF-8.
  static func text(_ path: String) throws(Failure) -> String {
    String(decoding: try data(path), as: UTF8.self)
  }

  /// A file's float32 numbers, little-endian.
  static func floats(_ path: String) throws(Failure) -> [Float] {
    let data = try data(path)
    guard data.count.isMultiple(of: 4) else {
      throw Failure(
        .badData, "sizeMismatch", "\(data.count) bytes are not float32 numbers", at: path)
    }
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        let bits = bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }

  /// A JSON file's value; `what` says what it should be.
  static func json<Value: Decodable>(
    _ path: String, as type: Value.Type, what: String
  ) throws(Failure) -> Value {
    let data = try data(path)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw Failure(.badData, "invalidInput", "the file should hold \(what) as JSON", at: path)
    }
  }
}
