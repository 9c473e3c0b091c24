import Foundation
import GGUFKit
import LlamaModel

/// A folder for one test, removed after it.
struct Scratch: ~Copyable {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "cria-tests-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.path(percentEncoded: false) }

  /// The path of a file in it.
  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ contents: String) throws -> String {
    try Data(contents.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  /// Writes a tiny model with random weights and returns its path.
  func model(_ name: String = "model.gguf", change: (inout RandomModel) -> Void = { _ in }) throws
    -> String
  {
    var model = RandomModel(seed: 1)
    change(&model)
    try model.builder().write(to: folder.appending(path: name))
    return path(name)
  }

  /// The names of the files in it.
  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }
}
