import ArgumentParser
import Foundation
import GGUFKit
import ModelConversion
import QuantCore

struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a model smaller.",
    discussion: """
      Recipes: \(QuantizationRecipe.presets.map(\.name).joined(separator: ", ")). They store each \
      tensor as llama.cpp's recipes of the same names do.

      Examples:
        cria quantize model-f16.gguf model-q4.gguf Q4_K_M
        cria quantize model-f16.gguf model-q4.gguf Q4_K_M --tensor-type 'attn_v=Q8_0' --dry-run
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var input: String

  @Argument(help: "The file to write.")
  var output: String

  @Argument(help: "A recipe.")
  var type: String

  @Flag(help: "Only show what would be done, and the exact size.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "A type for the tensors whose names match; may be repeated, the first that matches counts.",
      valueName: "regex=type"))
  var tensorType: [TensorTypeOption] = []

  @Flag(help: "Store every weight that is quantized as the recipe's default type.")
  var pure = false

  @Option(help: ArgumentHelp("The projection to logits.", valueName: "type"))
  var outputTensorType: TensorType?

  @Option(help: ArgumentHelp("The token embeddings.", valueName: "type"))
  var tokenEmbeddingType: TensorType?

  @Flag(help: "Quantize again what is quantized already, which makes it worse.")
  var allowRequantize = false

  @Option(help: ArgumentHelp("Threads that work. (default: one per processor)", valueName: "n"))
  var threads: Int?

  @OptionGroup var format: OutputGroup
  @OptionGroup var quiet: QuietGroup

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads) is outside 1 to 1024.")
    }
  }

  func run() throws {
    let recipe = try QuantizationRecipe(named: type)
    let file = try ModelFile(path: input)
    let plan = try plan(file, recipe: recipe)
    var result = Result(plan, output: output)
    if !dryRun {
      guard resolved(input) != resolved(output) else {
        throw Failure(
          .usage, "invalidArgument", "the output would replace the input; name another file",
          at: output)
      }
      let clock = ContinuousClock()
      let start = clock.now
      result.add(try write(plan))
      result.seconds = (clock.now - start).seconds
    }
    if format.json {
      try Console.writeJSON(result)
    } else {
      try Console.write(result.text(isDryRun: dryRun))
    }
  }

  private func plan(
    _ file: ModelFile, recipe: QuantizationRecipe
  ) throws(Failure) -> QuantizationPlan {
    do {
      return try QuantizationPlan(
        for: file.contents, recipe: recipe,
        overrides: TypeOverrides(
          patterns: tensorType.map(\.pattern), output: outputTensorType,
          tokenEmbedding: tokenEmbeddingType, isPure: pure),
        allowsRequantization: allowRequantize)
    } catch {
      throw Failure(any: error, file: file.path)
    }
  }

  private func write(_ plan: QuantizationPlan) throws -> ConversionReport {
    var progress = Progress(
      "quantize", total: max(1, plan.source.fileBytes), unit: "bytes", isQuiet: quiet.quiet)
    defer { progress.finish() }
    return try Interruption.handle { isInterrupted in
      do throws(ConversionError) {
        return try plan.write(
          toPath: output, threads: threads, progress: { progress.update($0.completedBytes) },
          isCancelled: isInterrupted)
      } catch {
        throw Failure(any: error, file: error.code == .cannotWrite ? output : input)
      }
    }
  }

  private func resolved(_ path: String) -> URL { URL(filePath: path).resolvingSymlinksInPath() }

  private struct Result: Encodable {
    struct Tensor: Encodable {
      var name: String
      var from: String
      var to: String
      var rmse: Double?
    }

    var output: String
    var bytes: Int
    var bitsPerWeight: Double
    var seconds: Double?
    var tensors: [Tensor]

    init(_ plan: QuantizationPlan, output: String) {
      self.output = output
      bytes = plan.outputBytes
      bitsPerWeight = plan.bitsPerWeight
      tensors = plan.tensors.map {
        Tensor(name: $0.name, from: $0.sourceType.name, to: $0.type.name)
      }
    }

    mutating func add(_ report: ConversionReport) {
      for (index, tensor) in report.tensors.enumerated() {
        tensors[index].rmse = tensor.rootMeanSquaredError
      }
    }

    func text(isDryRun: Bool) -> String {
      let counts = Dictionary(grouping: tensors, by: \.to).map { ($0.key, $0.value.count) }
        .sorted { ($0.1, $0.0) > ($1.1, $1.0) }
      let list =
        isDryRun ? Format.table(tensors.map { [$0.name, $0.from, "-> \($0.to)"] }) + "\n" : ""
      return list
        + Format.table(
          [
            [isDryRun ? "would write" : "written", output],
            ["size", "\(Format.bytes(bytes)) (\(bytes) bytes)"],
            ["bits per weight", Format.decimal(bitsPerWeight, places: 3)],
            ["types", counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")],
          ] + (seconds.map { [["time", Format.seconds($0)]] } ?? []))
    }
  }
}
