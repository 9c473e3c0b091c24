import Foundation
import LlamaModel

do {
  // A model file, or a tiny model with random weights, which writes nonsense.
  let model =
    if let path = CommandLine.arguments.dropFirst().first {
      try LanguageModel(contentsOf: URL(filePath: path))
    } else {
      try LanguageModel.random(seed: 1)
    }
  for try await piece in model.generate("Once upon a time", options: .init(maximumTokens: 64)) {
    FileHandle.standardOutput.write(Data(piece.text.utf8))
  }
  print()
} catch {
  FileHandle.standardError.write(Data("HelloLlama: \(error)\n".utf8))
  exit(1)
}
