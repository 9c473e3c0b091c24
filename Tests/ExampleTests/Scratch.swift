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
  func model() throws -> String {
    try Data(Self.tinyModel.get()).write(to: folder.appending(path: "model.gguf"))
    return path("model.gguf")
  }

  /// Writes a tiny model that differs from the usual one, and returns its path.
  func model(change: (inout RandomModel) -> Void) throws -> String {
    var model = RandomModel(seed: 1)
    change(&model)
    try model.builder().write(to: folder.appending(path: "model.gguf"))
    return path("model.gguf")
  }

  /// Made once, as that takes most of a short test's time.
  private static let tinyModel = Result { try RandomModel(seed: 1).builder().serialized() }

  /// The names of the files in it.
  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }
}
