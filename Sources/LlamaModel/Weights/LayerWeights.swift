public import TensorKernels

/// The weights of one block, `blk.N.`, and the configuration that they follow.
public struct LayerWeights {
  /// The block's number.
  public let index: Int
  /// The model's hyperparameters.
  public let configuration: ModelConfiguration
  /// All weights.
  public let all: WeightLoader

  /// The weights of block `index`.
  public init(_ index: Int, _ configuration: ModelConfiguration, _ weights: WeightLoader) {
    self.index = index
    self.configuration = configuration
    all = weights
  }

  /// Features of the residual stream.
  public var width: Int { configuration.embeddingLength }
  /// Hidden features of the block's feed-forward layer.
  public var hidden: Int { configuration.feedForwardLengths[index] }

  /// The full name of a tensor of this block.
  public func name(_ name: String) -> String { "blk.\(index).\(name)" }

  /// Whether the file has a tensor of this name in this block.
  public func has(_ name: String) -> Bool { all.has(self.name(name)) }

  /// A matrix with the bias where the file has one.
  public func linear(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> Linear {
    try all.linear(self.name(name), outputs: outputs, inputs: inputs)
  }

  /// Matrices that follow one another in one tensor.
  public func linears(
    _ name: String, outputs: [Int], inputs: Int
  ) throws(ModelError) -> [Linear] {
    try all.linears(self.name(name), outputs: outputs, inputs: inputs)
  }

  /// A norm of the residual stream, or of `size` features.
  public func norm(
    _ name: String, _ kind: Normalization.Kind = .rootMeanSquare, size: Int? = nil
  ) throws(ModelError) -> Normalization {
    try all.norm(
      self.name(name), kind, size: size ?? width, epsilon: configuration.normEpsilon)
  }
}

extension WeightLoader {
  /// A norm with the weight `name.weight` and the bias `name.bias` where the file has one.
  public func norm(
    _ name: String, _ kind: Normalization.Kind = .rootMeanSquare, size: Int, epsilon: Float
  ) throws(ModelError) -> Normalization {
    let weight = try vector("\(name).weight", count: size)
    let bias = has("\(name).bias") ? try vector("\(name).bias", count: size) : nil
    return Normalization(kind, size: size, epsilon: epsilon, weight: weight, bias: bias)
  }
}
