public import LlamaModel
public import TensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Perplexity {
  /// How far a measurement is.
  public struct Progress: Sendable, Equatable {
    /// The windows that are read and scored.
    public var completedWindows: Int
    /// All windows.
    public var totalWindows: Int
    /// The perplexity of what is scored so far.
    public var perplexity: Perplexity
  }

  /// How a text is read. None of it changes what a perplexity means.
  public struct Options: Sendable, Equatable {
    /// The most tokens in one step.
    public var batchSize: Int
    /// How keys and values are kept.
    public var cacheType: CacheTypes

    /// Options.
    public init(batchSize: Int = 512, cacheType: CacheTypes = .f16) {
      self.batchSize = batchSize
      self.cacheType = cacheType
    }
  }

  /// Reads a text, window by window, and scores the second half of each.
  ///
  /// Blocks: call it from a thread that may.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - windows: The text, as the model's tokenizer made it.
  ///   - options: How it is read.
  ///   - progress: Called after each window.
  ///   - isCancelled: Asked between a model's layers.
  /// - Throws: ``EvaluationError``: of code ``EvaluationError/Code/notFinite`` when the model's
  ///   logits are no numbers, ``EvaluationError/Code/cancelled``, or
  ///   ``EvaluationError/Code/modelFailure``.
  public static func measure(
    _ model: LanguageModel, on windows: TextWindows, options: Options = Options(),
    progress: (Progress) -> Void = { _ in }, isCancelled: @escaping () -> Bool = { false }
  ) throws(EvaluationError) -> Perplexity {
    var perplexity = Perplexity()
    let reader = try WindowReader(model, windows: windows, options: options)
    for window in 0..<windows.count {
      try reader.read(window, isCancelled: isCancelled) {
        (logits: Span<Float>, next: Int) throws(EvaluationError) in
        let loss = LogSoftmax.negativeLogLikelihood(of: next, in: logits)
        guard loss.isFinite else {
          throw EvaluationError(
            .notFinite, "the model's logits are no finite numbers; its file may be damaged",
            window: window)
        }
        perplexity.add(negativeLogLikelihood: loss)
      }
      progress(
        Progress(
          completedWindows: window + 1, totalWindows: windows.count, perplexity: perplexity))
    }
    return perplexity
  }
}

/// The exponential function, by the name that `Perplexity.swift` needs no system module for.
func exponential(_ x: Double) -> Double { exp(x) }
