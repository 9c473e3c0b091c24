import ArgumentParser
import LlamaModel
import ModelEvaluation
import TensorKernels

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how fast a model runs here.",
    discussion: """
      Reads a prompt in one go, up to the logits of its last token; then generates token by token. \
      Figures are medians over the repetitions. The shares say how near they are to what a probe \
      of a second finds possible here: for prompts the multiply-adds per second of products that \
      stay in the caches, for generation the bytes per second that can be read from memory.

      Examples:
        cria bench model.gguf --threads 8
        cria bench model.gguf --depth 4096
        cria bench model.gguf --batch-sequences 8
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Option(help: ArgumentHelp("Tokens of the prompt.", valueName: "n"))
  var prompt = 512

  @Option(help: ArgumentHelp("Tokens to generate.", valueName: "n"))
  var generate = 64

  @Option(help: ArgumentHelp("Tokens in the context before either begins.", valueName: "n"))
  var depth = 0

  @Option(help: ArgumentHelp("Sequences that generate together.", valueName: "n"))
  var batchSequences = 1

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
    guard (0...1 << 24).contains(depth) else {
      throw ValidationError("--depth \(depth) is outside 0 to \(1 << 24).")
    }
    guard (1...1024).contains(batchSequences) else {
      throw ValidationError("--batch-sequences \(batchSequences) is outside 1 to 1024.")
    }
  }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let file = try ModelFile(path: model)
    let model = try file.load(runtime)
    let loadSeconds = (clock.now - start).seconds

    var progress = Progress(
      "bench", total: repetitions * (prompt + generate * batchSequences), unit: "tokens",
      isQuiet: quiet.quiet)
    var speed = try SpeedTest(
      model,
      options: .init(
        prompt: prompt, generate: generate, depth: depth, sequences: batchSequences,
        batchSize: runtime.batch, cacheType: runtime.cacheType))
    try speed.warmUp()
    for repetition in 1...repetitions {
      try speed.measure()
      progress.update(repetition * (prompt + generate * batchSequences))
    }
    progress.finish()

    let cpu = model.backend as? CPUBackend
    var result = Result(
      model: file.path, threads: cpu?.threadCount ?? 1,
      kernels: cpu?.kernels.name ?? model.backend.name,
      promptTokensPerSecond: speed.promptSpeed, generateTokensPerSecond: speed.generationSpeed,
      loadSeconds: loadSeconds, peakBytes: PeakMemory.bytes)
    if let cpu {
      result.machine = Machine(
        try MachineProbe(cpu), workload: ModelWorkload(of: file.contents), speed: speed)
    }
    if output.json {
      try Console.writeJSON(result)
    } else {
      try Console.write(table(result, name: file.name))
    }
  }

  private func table(_ result: Result, name: String) -> String {
    let threads = "\(result.threads) thread\(result.threads == 1 ? "" : "s")"
    let after = depth > 0 ? " after \(depth)" : ""
    let together = batchSequences > 1 ? " in each of \(batchSequences) sequences" : ""
    var rows = [
      ["model", name],
      ["runs on", "\(result.kernels), \(threads)"],
      [
        "prompt",
        "\(Format.rate(result.promptTokensPerSecond)) tokens/s (\(prompt) tokens\(after))",
      ],
      [
        "generate",
        "\(Format.rate(result.generateTokensPerSecond)) tokens/s "
          + "(\(generate) tokens\(together)\(after))",
      ],
      ["load", Format.seconds(result.loadSeconds)],
      ["peak memory", Format.bytes(result.peakBytes)],
    ]
    if let machine = result.machine {
      rows.append([
        "of this machine",
        "prompt \(Format.percent(machine.promptShare)) of "
          + "\(Format.rate(machine.multiplyAddsPerSecond / 1e9)) G multiply-adds/s, generate "
          + "\(Format.percent(machine.generateShare)) of "
          + "\(Format.rate(machine.readBytesPerSecond / 1e9)) GB/s",
      ])
    }
    return Format.table(rows)
  }

  /// What a probe of the machine finds possible, and how much of it the model's weights use.
  private struct Machine: Encodable {
    var readBytesPerSecond: Double
    var multiplyAddsPerSecond: Double
    var promptShare: Double
    var generateShare: Double

    init(_ probe: MachineProbe, workload: ModelWorkload, speed: SpeedTest) {
      readBytesPerSecond = probe.readBandwidth
      multiplyAddsPerSecond = probe.multiplyAdds
      promptShare =
        speed.promptSpeed * Double(workload.multiplyAddsPerToken) / probe.multiplyAdds
      // Sequences that generate together read the weights once.
      let steps = speed.generationSpeed / Double(speed.options.sequences)
      generateShare = steps * Double(workload.bytesPerToken) / probe.readBandwidth
    }
  }

  private struct Result: Encodable {
    var model: String
    var threads: Int
    var kernels: String
    var promptTokensPerSecond: Double
    var generateTokensPerSecond: Double
    var loadSeconds: Double
    var peakBytes: Int
    var machine: Machine?
  }
}
