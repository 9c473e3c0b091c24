import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import TestSupport

/// Models and files for tests.
enum SmallModels {
  /// A random model whose rows have 64 and 256 columns.
  static func builder() throws -> GGUFBuilder {
    var model = RandomModel(seed: 5)
    model.feedForwardLength = 256
    model.blockCount = 1
    return try model.builder()
  }

  static func file() throws -> GGUFFile { try GGUFFile(bytes: builder().serialized()) }

  /// One matrix.
  static func matrix(
    _ name: String = "blk.0.ffn_up.weight", columns: Int = 64, rows: Int = 300,
    type: TensorType = .f32, change: (inout [Float]) -> Void = { _ in }
  ) throws -> GGUFFile {
    var random = SeededRandom(seed: 9)
    var values = random.gaussian(count: columns * rows)
    change(&values)
    let tensor = try InMemoryTensor(name: name, shape: [columns, rows], values: values, as: type)
    return try GGUFFile(bytes: GGUFBuilder(tensors: [tensor]).serialized())
  }
}

/// A folder for one test, removed after it.
struct Scratch: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "cria-tests-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
  }
}
