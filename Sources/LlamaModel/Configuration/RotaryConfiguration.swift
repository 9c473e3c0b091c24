import GGUFKit

/// How rotary position embedding is set up, and stretched beyond the trained context.
public struct RotaryConfiguration: Sendable, Equatable {
  /// How frequencies are changed to reach positions beyond those of the original training.
  public enum Scaling: Sendable, Equatable {
    /// Not at all, or by per-frequency factors in the tensor `rope_freqs.weight` (Llama 3).
    case none
    /// All frequencies divided by `factor` (Chen et al., "Position Interpolation", 2023).
    case linear(factor: Double)
    /// Low frequencies divided by the factor, high ones kept (Peng et al., "YaRN", 2023).
    case yarn(YaRN)
  }

  /// The parameters of YaRN, with the paper's names in the comments.
  public struct YaRN: Sendable, Equatable {
    /// s: the new context over the original one.
    public var factor: Double
    /// L: positions of the original training.
    public var originalContextLength: Int
    /// β: rotations over L above which a frequency is kept.
    public var betaFast: Double = 32
    /// α: rotations over L below which a frequency is divided by the factor.
    public var betaSlow: Double = 1
    /// Multiplies √(1/t) = 0.1 ln(s) + 1, by which queries and keys grow.
    public var attentionFactor: Double = 1
    /// Whether queries and keys grow, or the family scales their products elsewhere.
    public var grows = true
    /// Whether the pairs at which frequencies begin and end to change are rounded to whole ones.
    public var rounds = true

    /// Creates parameters.
    public init(factor: Double, originalContextLength: Int) {
      self.factor = factor
      self.originalContextLength = originalContextLength
    }
  }

  /// Elements of a head that rotate; the rest stays.
  public var dimensions: Int
  /// The base of the geometric series of wavelengths.
  public var base: Double
  /// The scaling.
  public var scaling: Scaling

  /// Creates a configuration.
  public init(dimensions: Int, base: Double = 10_000, scaling: Scaling = .none) {
    self.dimensions = dimensions
    self.base = base
    self.scaling = scaling
  }

  init(
    _ reader: Hyperparameters, headDimension: Int, contextLength: Int
  ) throws(ModelError) {
    dimensions = try reader.count(
      .ropeDimensionCount, upTo: 1 << 16, default: headDimension)
    guard dimensions <= headDimension, dimensions % 2 == 0 else {
      throw reader.invalid(
        .ropeDimensionCount, "\(dimensions) is odd or above the head's \(headDimension)")
    }
    base = Double(try reader.number(.ropeFrequencyBase, default: 10_000))
    guard base > 0 else { throw reader.invalid(.ropeFrequencyBase, "\(base) is not positive") }

    // Files before the key `rope.scaling.type` existed give a linear factor alone.
    let oldFactor = try reader.number(.ropeScaleLinear, default: 1)
    let factor = Double(try reader.number(.ropeScalingFactor, default: oldFactor))
    guard factor >= 0 else {
      throw reader.invalid(.ropeScalingFactor, "\(factor) is negative")
    }
    let isScaled = factor != 0 && factor != 1
    switch try reader.text(.ropeScalingType) ?? (isScaled ? "linear" : "none") {
    // The long factors are tensors, which only the family that has them reads.
    case "none", "longrope": scaling = .none
    case "linear": scaling = isScaled ? .linear(factor: factor) : .none
    case "yarn":
      var yarn = YaRN(
        factor: isScaled ? factor : 1,
        originalContextLength: try reader.count(
          .ropeOriginalContextLength, upTo: 1 << 30, default: contextLength))
      yarn.attentionFactor = Double(try reader.number(.ropeScalingAttentionFactor, default: 1))
      yarn.betaFast = Double(try reader.number(.yarnBetaFast, default: 32))
      yarn.betaSlow = Double(try reader.number(.yarnBetaSlow, default: 1))
      guard yarn.betaFast > 0, yarn.betaSlow > 0 else {
        throw reader.invalid(.yarnBetaFast, "YaRN's betas must be positive")
      }
      scaling = .yarn(yarn)
    case let other:
      throw reader.invalid(
        .ropeScalingType, "unknown scaling \"\(other)\"; known are none, linear, yarn and longrope")
    }
  }
}

extension MetadataKey where Value == Float {
  /// The linear factor as files spelled it before `rope.scaling.type` existed.
  fileprivate static var ropeScaleLinear: Self { MetadataKey(relative: "rope.scale_linear") }
  fileprivate static var yarnBetaFast: Self { MetadataKey(relative: "rope.scaling.yarn_beta_fast") }
  fileprivate static var yarnBetaSlow: Self { MetadataKey(relative: "rope.scaling.yarn_beta_slow") }
}
