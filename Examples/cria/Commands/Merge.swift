import ArgumentParser
import Foundation
import LlamaModel

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adds adapters to a model's weights.",
    discussion: """
      Quantized tensors that an adapter changes become 16-bit floats; quantize the result as you \
      like.

      Example:
        cria merge model-f16.gguf merged.gguf --lora polite.gguf:0.5
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Argument(help: "The file to write.")
  var output: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An adapter (a LoRA as GGUF) and what it is multiplied with; may be repeated.",
      valueName: "file[:scale]"))
  var lora: [AdapterFile]

  @OptionGroup var format: OutputGroup

  func validate() throws {
    if lora.isEmpty { throw ValidationError("Give an adapter with --lora.") }
  }

  func run() throws {
    let file = try ModelFile(path: model)
    guard
      URL(filePath: model).resolvingSymlinksInPath()
        != URL(filePath: output).resolvingSymlinksInPath()
    else {
      throw Failure(
        .usage, "invalidArgument", "the output would replace the input; name another file",
        at: output)
    }
    let merged: MergedAdapters
    do {
      merged = try MergedAdapters(lora.map { try $0.load() }, into: file.contents)
    } catch {
      throw Failure(any: error, file: model)
    }
    try Interruption.handle { isInterrupted in
      do {
        try merged.write(file.contents, toPath: output, isCancelled: isInterrupted)
      } catch {
        throw Failure(any: error, file: output)
      }
    }
    let bytes = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int ?? 0
    if format.json {
      try Console.writeJSON(Result(output: output, bytes: bytes))
    } else {
      try Console.write("\(output): \(bytes) bytes\n")
    }
  }

  private struct Result: Encodable {
    var output: String
    var bytes: Int
  }
}
