import Foundation
import GGUFKit
import LlamaModel
import ModelConversion
import TensorKernels

/// An open model file; what goes wrong with it is reported with its path.
struct ModelFile {
  let path: String
  let contents: GGUFFile

  /// Opens the file at `path`, of which nothing but the header is read.
  init(path: String) throws(Failure) {
    guard FileManager.default.fileExists(atPath: path) else {
      // A misspelt command is taken for a model, too.
      let hint =
        path.contains("/") || path.contains(".")
        ? "check the path"
        : "name a GGUF file, or one of the commands that cria --help lists"
      throw Failure(.missingInput, "notFound", "there is no such file; \(hint)", at: path)
    }
    guard access(path, R_OK) == 0 else {
      throw Failure(
        .missingInput, "notReadable", "you may not read this file; check its permissions", at: path)
    }
    do {
      contents = try GGUFFile(path: path)
    } catch {
      throw Failure(any: error, file: path)
    }
    self.path = path
  }

  /// Opens a file that the user named, or the embedded model.
  init(pathOrEmbedded path: String?) throws(Failure) {
    if let path {
      try self.init(path: path)
    } else {
      try self.init(path: EmbeddedModel.path())
    }
  }

  /// The model's own name, or the file's.
  var name: String {
    contents.metadata[.name] ?? URL(filePath: path).deletingPathExtension().lastPathComponent
  }

  /// Loads the model, quantizing it and adding adapters where the options ask for that.
  func load(_ runtime: RuntimeGroup) throws -> LanguageModel {
    let recipe = try runtime.quantize.map { try QuantizationRecipe(named: $0) }
    let backend = try runtime.makeBackend()
    do {
      let transform = try recipe.map {
        try QuantizationPlan(for: contents, recipe: $0).transform(threads: runtime.threads)
      }
      let model = try LanguageModel(contents, backend: backend, transform: transform)
      if runtime.lora.isEmpty { return model }
      return try model.adapted(by: runtime.lora.map { try $0.load() })
    } catch {
      throw Failure(any: error, file: path)
    }
  }

  /// The model's tokenizer, which needs no tensors.
  func tokenizer() throws(Failure) -> any Tokenizer {
    do {
      return try TokenizerRegistry.makeTokenizer(metadata: contents.metadata)
    } catch {
      throw Failure(any: error, file: path)
    }
  }
}
