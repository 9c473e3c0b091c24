import GGUFKit
import TensorKernels

/// LFM2: blocks with a gated short convolution, and some with attention.
///
/// Liquid AI, "LFM2 Technical Report" (2025). A block has attention where the file gives it
/// key-value heads.
public struct LFM2: DecoderArchitecture {
  /// `lfm2`.
  public static let names = ["lfm2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    var options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    options.norms = .perHead
    let isOld = !weights.has("token_embd_norm.weight") && weights.has("output_norm.weight")
    decoder = try Decoder(
      configuration, weights, normName: isOld ? "output_norm" : "token_embd_norm"
    ) { layer throws(ModelError) in
      let isAttention = configuration.keyValueHeadCounts[layer.index] > 0
      let mixer: any Branch =
        isAttention ? try Attention(layer, options) : try ShortConvolution(layer)
      return Block(
        Residual(try layer.norm("attn_norm"), mixer),
        Residual(try layer.norm("ffn_norm"), try FeedForward(layer, .silu)))
    }
  }
}

/// A short convolution between two gates: c · convolution(b · x), all three from one product.
struct ShortConvolution: Branch {
  let layer: Int
  let taps: Int
  let inputs: [Linear]
  let kernel: Weight
  let bias: Weight?
  let output: Linear

  init(_ weights: LayerWeights) throws(ModelError) {
    layer = weights.index
    let width = weights.width
    taps = try weights.configuration.hyperparameters.count(
      .shortConvolutionLength, upTo: 1 << 10)
    inputs = try weights.linears(
      "shortconv.in_proj", outputs: [width, width, width], inputs: width)
    kernel = try weights.all.vector(
      weights.name("shortconv.conv.weight"), columns: taps, rows: width)
    bias =
      weights.has("shortconv.conv.bias")
      ? try weights.all.vector(weights.name("shortconv.conv.bias"), count: width) : nil
    output = try weights.linear("shortconv.out_proj", outputs: width, inputs: width)
  }

  var memory: LayerMemory? {
    var memory = LayerMemory()
    memory.convolution = .init(channels: output.outputs, history: taps - 1)
    return memory
  }

  func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let backend = pass.backend
    let parts = inputs.map { backend.makeActivations(rows: x.rows, columns: $0.outputs) }
    backend.project(x, norm: norm, through: inputs, into: parts)
    let (before, after, values) = (parts[0], parts[1], parts[2])
    backend.gate(before, values, function: .identity, into: values)
    let mixed = backend.makeActivations(rows: x.rows, columns: x.columns)
    backend.convolve(
      values, kernel: kernel, layer: layer, over: pass.step.slices, into: mixed)
    if let bias { backend.addBias(bias, to: mixed) }
    backend.gate(after, mixed, function: .identity, into: mixed)
    return .unprojected(mixed, output)
  }
}
