public import ArgumentParser
public import TensorKernels

/// Where and how a model runs.
struct RuntimeGroup: ParsableArguments {
  /// The backends that the tool offers.
  enum BackendName: String, CaseIterable, ExpressibleByArgument {
    case cpu
    case reference
  }

  @Option(help: ArgumentHelp("Threads that work. (default: one per processor)", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("The most prompt tokens in one step.", valueName: "n"))
  var batch = 512

  @Option(
    name: .customLong("cache-type"),
    help: ArgumentHelp(
      "How keys and values are kept: \(CacheTypes.names), or two of them for keys:values. "
        + "(default: f16; f32 for logits)", valueName: "type"))
  var chosenCacheType: CacheTypes?

  @Option(help: "The fast kernels, or the plain reference to check them against.")
  var backend = BackendName.cpu

  @Option(
    help: ArgumentHelp(
      "An instruction set, for testing. (default: the best of this processor)", valueName: "name"))
  var kernels: String?

  @Option(
    help: ArgumentHelp(
      "Where matrices are: packed in memory when loaded, mapped (slow, no memory), or packed when used "
        + "again and while there is room.",
      valueName: "place"))
  var weights = WeightPlacement.automatic

  @Option(
    help: ArgumentHelp(
      "Quantize while loading, with nothing written: a recipe, as for cria quantize.",
      valueName: "recipe"))
  var quantize: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An adapter (a LoRA as GGUF) and what it is multiplied with; may be repeated.",
      valueName: "file[:scale]"))
  var lora: [AdapterFile] = []

  var cacheType: CacheTypes { chosenCacheType ?? .f16 }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads) is outside 1 to 1024.")
    }
    guard batch > 0 else { throw ValidationError("--batch \(batch) is too few; give 1 or more.") }
    if let kernels, KernelSet.named(kernels) == nil {
      let names = KernelSet.supported.map(\.name).joined(separator: ", ")
      throw ValidationError("--kernels \(kernels) cannot run on this processor; it has \(names).")
    }
    if backend == .reference, threads != nil || kernels != nil {
      throw ValidationError("--threads and --kernels are for --backend cpu only.")
    }
  }

  /// The backend that the options describe.
  func makeBackend() throws -> any Backend {
    switch backend {
    case .cpu:
      try CPUBackend(
        threads: threads, kernels: kernels.flatMap { KernelSet.named($0) }, weights: weights)
    case .reference: ReferenceBackend()
    }
  }
}

extension WeightPlacement: ExpressibleByArgument {}

extension CacheTypes: ExpressibleByArgument {
  /// The types, for people.
  static var names: String { CacheType.allCases.map(\.rawValue).joined(separator: ", ") }
}
