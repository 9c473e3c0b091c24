/// The experts of a mixture: feed-forward layers of one shape.
///
/// Shazeer et al., "Outrageously Large Neural Networks: The Sparsely-Gated Mixture-of-Experts
/// Layer" (2017).
public struct Experts: Sendable {
  /// The gated branch of each expert; empty where the function applies to `ups` alone.
  public var gates: [Linear]
  /// The upper branch of each expert.
  public var ups: [Linear]
  /// The output of each expert.
  public var downs: [Linear]
  /// The nonlinearity.
  public var function: ActivationFunction
  /// A factor for the output of each expert; empty for none.
  public var scales: [Float]

  /// Creates experts; there is one of each list per expert.
  public init(
    gates: [Linear], ups: [Linear], downs: [Linear], function: ActivationFunction,
    scales: [Float] = []
  ) {
    self.gates = gates
    self.ups = ups
    self.downs = downs
    self.function = function
    self.scales = scales
  }

  /// How many experts there are.
  public var count: Int { ups.count }
}

/// How a router's scores choose experts and weigh them.
public struct ExpertRouting: Sendable {
  /// What becomes of a row of scores.
  public enum Scoring: Sendable {
    /// A softmax over all experts.
    case softmax
    /// A sigmoid for each (DeepSeek-AI, "DeepSeek-V3", 2024).
    case sigmoid
    /// A softmax over the chosen ones alone.
    case softmaxOfChosen
  }

  /// Experts for each row.
  public var chosen: Int
  /// What becomes of the scores.
  public var scoring: Scoring
  /// Whether the weights of the chosen experts are divided by their sum.
  public var normalizes: Bool
  /// What the weights are multiplied with, last.
  public var scale: Float = 1
  /// Added to each expert's score where experts are chosen, not where they are weighed; empty for
  /// nothing.
  public var bias: [Float] = []
  /// Groups of experts of one size, and how many of them stay in the choice.
  public var groups: (count: Int, chosen: Int) = (1, 1)

  /// Creates a routing.
  public init(chosen: Int, scoring: Scoring = .softmax, normalizes: Bool) {
    self.chosen = chosen
    self.scoring = scoring
    self.normalizes = normalizes
  }
}
