public import TensorKernels

/// A step on its way through the layers: what they share.
public final class ForwardPass {
  /// The tokens and their sequences.
  public let step: Step
  /// Where it runs.
  public let backend: any Backend
  /// What the blocks get beside the stream, a part each, in families that have it.
  public var perLayerInputs: Activations?
  private var rotations: [(embedding: RotaryEmbedding, rotation: Rotation)] = []

  /// Begins a pass.
  public init(_ step: Step, on backend: any Backend) {
    self.step = step
    self.backend = backend
  }

  /// The angles of the step's rows, made once.
  public func rotation(_ embedding: RotaryEmbedding) -> Rotation {
    if let made = rotations.first(where: { $0.embedding == embedding }) { return made.rotation }
    let rotation = embedding.rotation(of: step.slices, on: backend)
    rotations.append((embedding, rotation))
    return rotation
  }
}
