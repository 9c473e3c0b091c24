import ArgumentParser
import LlamaModel
import TensorKernels

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how fast a model runs here.",
    discussion: """
      Reads a prompt in one go, up to the logits of its last token; then generates from a context \
      of one token. Figures are medians over the repetitions.

      Example:
        cria bench model.gguf --threads 8
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Option(help: ArgumentHelp("Tokens of the prompt.", valueName: "n"))
  var prompt = 512

  @Option(help: ArgumentHelp("Tokens to generate.", valueName: "n"))
  var generate = 64

  @Option(help: ArgumentHelp("How often each is measured.", valueName: "n"))
  var repetitions = 3

  @OptionGroup(title: "Runtime") var runtime: RuntimeGroup
  @OptionGroup var output: OutputGroup
  @OptionGroup var quiet: QuietGroup

  func validate() throws {
    for (name, value) in [("prompt", prompt), ("generate", generate), ("repetitions", repetitions)]
    where !(1...1 << 24).contains(value) {
      throw ValidationError("--\(name) \(value) is outside 1 to \(1 << 24).")
    }
  }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let file = try ModelFile(path: model)
    let model = try file.load(runtime)
    let loadSeconds = (clock.now - start).seconds

    var speed = try SpeedTest(model, prompt: prompt, generate: generate, runtime)
    try speed.warmUp()
    var progress = Progress(
      "bench", total: repetitions * (prompt + generate), unit: "tokens", isQuiet: quiet.quiet)
    for _ in 0..<repetitions { try speed.measure { progress.update($0) } }
    progress.finish()

    let cpu = model.backend as? CPUBackend
    let result = Result(
      model: file.path, threads: cpu?.threadCount ?? 1,
      kernels: cpu?.kernels.name ?? model.backend.name,
      promptTokensPerSecond: speed.promptSpeeds.median,
      generateTokensPerSecond: speed.generationSpeeds.median,
      loadSeconds: loadSeconds, peakBytes: PeakMemory.bytes)
    if output.json {
      try Console.writeJSON(result)
    } else {
      try Console.write(table(result, name: file.name))
    }
  }

  private func table(_ result: Result, name: String) -> String {
    let threads = "\(result.threads) thread\(result.threads == 1 ? "" : "s")"
    return Format.table([
      ["model", name],
      ["runs on", "\(result.kernels), \(threads)"],
      ["prompt", "\(Format.rate(result.promptTokensPerSecond)) tokens/s (\(prompt) tokens)"],
      [
        "generate", "\(Format.rate(result.generateTokensPerSecond)) tokens/s (\(generate) tokens)",
      ],
      ["load", Format.seconds(result.loadSeconds)],
      ["peak memory", Format.bytes(result.peakBytes)],
    ])
  }

  private struct Result: Encodable {
    var model: String
    var threads: Int
    var kernels: String
    var promptTokensPerSecond: Double
    var generateTokensPerSecond: Double
    var loadSeconds: Double
    var peakBytes: Int
  }
}
