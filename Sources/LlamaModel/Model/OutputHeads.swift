import GGUFKit
import TensorKernels

/// What a file may have behind the pooled features of a text, whatever the family.
struct OutputHeads: Sendable {
  /// Matrices that an embedding goes through, one after the other (EmbeddingGemma).
  let projections: [Linear]
  /// The head of a model that was trained to judge texts; nil in others.
  let classifier: Classifier?

  /// One or two layers from pooled features to a score per label.
  struct Classifier: Sendable {
    /// The first layer, behind which a hyperbolic tangent stands.
    var hidden: Linear?
    var output: Linear

    /// The scores of texts' features.
    func scores(of features: Activations, on backend: any Backend) -> Activations {
      var features = features
      if let hidden {
        let inner = backend.makeActivations(rows: features.rows, columns: hidden.outputs)
        backend.project(features, norm: nil, through: [hidden], into: [inner])
        // 1 · tanh(x / 1).
        backend.gate(inner, nil, function: .softcap(1), into: inner)
        features = inner
      }
      let scores = backend.makeActivations(rows: features.rows, columns: output.outputs)
      backend.project(features, norm: nil, through: [output], into: [scores])
      return scores
    }
  }

  /// Loads `dense_2`, `dense_3`, `cls` and `cls.output` where the file has them.
  init(_ weights: WeightLoader, width: Int) throws(ModelError) {
    var projections: [Linear] = []
    for name in ["dense_2", "dense_3"] where weights.has("\(name).weight") {
      projections.append(
        try weights.linear(
          name, outputs: try weights.rows(of: "\(name).weight"),
          inputs: projections.last?.outputs ?? width))
    }
    self.projections = projections
    guard weights.has("cls.output.weight") else {
      classifier = nil
      return
    }
    let hidden =
      weights.has("cls.weight") ? try weights.linear("cls", outputs: width, inputs: width) : nil
    classifier = Classifier(
      hidden: hidden,
      output: try weights.linear(
        "cls.output", outputs: try weights.rows(of: "cls.output.weight"), inputs: width))
  }
}
