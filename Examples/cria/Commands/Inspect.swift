import ArgumentParser
import Foundation
import GGUFKit
import LlamaModel
import TensorKernels

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what is in a GGUF file, and the memory that it takes to run.",
    discussion: """
      Only the file's header is read.

      Examples:
        cria inspect model.gguf --context 4096
        cria inspect model.gguf --tensors
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Flag(help: "List the tensors.")
  var tensors = false

  @Option(
    help: ArgumentHelp(
      "Positions to count memory for. (default: what the model was trained for)", valueName: "n"))
  var context: Int?

  @Option(
    help: ArgumentHelp(
      "How keys and values are kept: \(CacheTypes.names), or two of them for keys:values.",
      valueName: "type"))
  var cacheType = CacheTypes.f16

  @OptionGroup var output: OutputGroup

  func validate() throws {
    if let context, !(1...1 << 30).contains(context) {
      throw ValidationError("--context \(context) is outside 1 to \(1 << 30).")
    }
  }

  func run() throws {
    let file = try ModelFile(path: model).contents
    let summary = FileSummary(file, context: context, cacheType: cacheType)
    if output.json {
      try Console.writeJSON(summary)
    } else {
      try Console.write(summary.text(listingTensors: tensors))
    }
  }
}
