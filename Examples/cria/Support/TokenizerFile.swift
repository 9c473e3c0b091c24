import Foundation
import LlamaModel

/// Where a tokenizer comes from: a GGUF file, which needs no tensors, a `tokenizer.json`, or a folder
/// that has one.
enum TokenizerFile {
  /// Reads the tokenizer at `path`.
  static func tokenizer(path: String) throws(Failure) -> any Tokenizer {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file =
      isFolder.boolValue ? URL(filePath: path).appending(path: "tokenizer.json").path : path
    guard exists, file.hasSuffix(".json") else { return try ModelFile(path: path).tokenizer() }
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: file))
    } catch {
      throw Failure(.missingInput, "notReadable", "the file cannot be read", at: file)
    }
    do {
      return try HuggingFaceTokenizer(json: [UInt8](data))
    } catch {
      throw Failure(any: error, file: file)
    }
  }
}
