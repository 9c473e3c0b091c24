import ArgumentParser
import Foundation
import LlamaModel
import TensorKernels

struct Logits: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the logits of every position to a file.",
    discussion: """
      The file holds float32 numbers, little-endian, a row of the vocabulary's size per token.

      Example:
        cria logits model.gguf --tokens 1,15043,3186 --output logits.f32
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Option(help: "Token ids, separated by commas.")
  var tokens: TokenList

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup(title: "Runtime") var runtime: RuntimeGroup
  @OptionGroup var format: OutputGroup
  @OptionGroup var quiet: QuietGroup

  func validate() throws {
    if tokens.tokens.isEmpty { throw ValidationError("--tokens is empty; give 1 token or more.") }
  }

  func run() throws {
    let model = try ModelFile(path: model).load(runtime)
    try Interruption.handle { isInterrupted in
      let sequence = try ModelSequence(
        model, capacity: tokens.tokens.count, cacheType: runtime.chosenCacheType ?? .f32)
      let file = try OutputFile(path: output)
      var progress = Progress(
        "logits", total: tokens.tokens.count, unit: "tokens", isQuiet: quiet.quiet)
      var rest = tokens.tokens[...]
      while !rest.isEmpty {
        let part = rest.prefix(runtime.batch)
        rest = rest.dropFirst(part.count)
        let logits = try sequence.append(
          part, outputs: .all, batch: runtime.batch, isCancelled: isInterrupted)
        try file.write(Data(littleEndian: logits))
        progress.update(sequence.tokens.count)
      }
      progress.finish()
      try file.commit()
    }
    let result = Result(rows: tokens.tokens.count, columns: model.vocabularySize)
    if format.json {
      try Console.writeJSON(result)
    } else {
      try Console.write("\(output): \(result.rows) rows of \(result.columns) float32 numbers\n")
    }
  }

  private struct Result: Encodable {
    var rows: Int
    var columns: Int
  }
}

extension Data {
  /// The numbers' bytes, the least significant first.
  init(littleEndian values: [Float]) {
    self = values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }
}
