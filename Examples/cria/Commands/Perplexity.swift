import ArgumentParser
import LlamaModel
import ModelEvaluation

struct Perplexity: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how well a model predicts a text.",
    discussion: """
      The text is cut into windows of the context's length, each is read on its own, and the \
      second half of each is scored, as llama-perplexity does it. Lower is better; figures can \
      be compared for the same text, vocabulary and context only.

      Example:
        cria perplexity model.gguf --file text.txt --context 512
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Option(help: ArgumentHelp("The text.", valueName: "text"))
  var file: String

  @Option(help: ArgumentHelp("Tokens of a window.", valueName: "n"))
  var context = 512

  @Option(help: ArgumentHelp("The most windows to read. (default: all)", valueName: "n"))
  var chunks: Int?

  @OptionGroup(title: "Runtime") var runtime: RuntimeGroup
  @OptionGroup var output: OutputGroup
  @OptionGroup var quiet: QuietGroup

  func validate() throws {
    let shortest = TextWindows.minimumContextLength
    guard (shortest...1 << 24).contains(context) else {
      throw ValidationError("--context \(context) is outside \(shortest) to \(1 << 24).")
    }
    if let chunks, chunks < 1 {
      throw ValidationError("--chunks \(chunks) is too few; give 1 or more.")
    }
  }

  func run() throws {
    let modelFile = try ModelFile(path: model)
    let text = try InputFile.text(file)
    let model = try modelFile.load(runtime)
    let windows = try windows(of: text, for: model)
    var progress = Progress(
      "perplexity", total: windows.tokens.count, unit: "tokens", isQuiet: quiet.quiet)
    let clock = ContinuousClock()
    let start = clock.now
    let perplexity = try Interruption.handle { isInterrupted in
      do {
        return try ModelEvaluation.Perplexity.measure(
          model, on: windows,
          options: .init(batchSize: runtime.batch, cacheType: runtime.cacheType),
          progress: { progress.update($0.completedWindows * context) },
          isCancelled: isInterrupted)
      } catch {
        throw Failure(any: error, file: modelFile.path)
      }
    }
    progress.finish()
    let result = Result(
      perplexity: perplexity.value, standardError: perplexity.standardError,
      tokens: perplexity.tokenCount, seconds: (clock.now - start).seconds)
    if output.json {
      try Console.writeJSON(result)
    } else {
      try Console.write(table(result, windows: windows.count))
    }
  }

  /// The text's windows. Like llama.cpp's tools, a line break at the file's end does not count.
  private func windows(of text: String, for model: LanguageModel) throws(Failure) -> TextWindows {
    do {
      return try TextWindows(
        text.unicodeScalars.last == "\n" ? String(text.unicodeScalars.dropLast()) : text,
        tokenizer: model.tokenizer, contextLength: context, maximumCount: chunks)
    } catch {
      throw Failure(any: error, file: file)
    }
  }

  private func table(_ result: Result, windows: Int) -> String {
    let error = Format.decimal(result.standardError, places: 4)
    return Format.table([
      ["perplexity", "\(Format.decimal(result.perplexity, places: 4)) ± \(error)"],
      ["scored", "\(result.tokens) tokens in \(windows) windows of \(context)"],
      ["time", Format.seconds(result.seconds)],
    ])
  }

  private struct Result: Encodable {
    var perplexity: Double
    var standardError: Double
    var tokens: Int
    var seconds: Double
  }
}
