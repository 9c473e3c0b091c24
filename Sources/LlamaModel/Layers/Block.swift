public import TensorKernels

/// A part of a block that reads the residual stream: attention, a feed-forward layer, ….
public protocol Branch: Sendable {
  /// What it remembers of a sequence, nil for nothing.
  var memory: LayerMemory? { get }

  /// branch(norm(x)), or branch(x) without a norm.
  func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput
}

extension Branch {
  /// Nothing.
  public var memory: LayerMemory? { nil }
}

/// What a branch gives.
public enum BranchOutput {
  /// The result.
  case finished(Activations)
  /// All but the last product, which can be added to the stream as it is made.
  case unprojected(Activations, Linear)
}

/// A branch around the residual stream: onSum(x + scale · after(branch(before(x)))).
public struct Residual: Sendable {
  /// Applied to the stream before the branch.
  public var before: Normalization?
  /// The branch.
  public var branch: any Branch
  /// Applied to the branch's result.
  public var after: Normalization?
  /// Multiplied with what is added.
  public var scale: Float?
  /// Applied to the stream with the result (the original transformer's place for norms).
  public var onSum: Normalization?

  /// Creates a residual branch.
  public init(
    _ before: Normalization?, _ branch: any Branch, after: Normalization? = nil,
    scale: Float? = nil, onSum: Normalization? = nil
  ) {
    self.before = before
    self.branch = branch
    self.after = after
    self.scale = scale
    self.onSum = onSum
  }

  func add(_ output: BranchOutput, to stream: Activations, in pass: ForwardPass) {
    let backend = pass.backend
    defer { if let onSum { backend.normalize(stream, onSum, into: stream) } }
    if case .unprojected(let hidden, let linear) = output, after == nil, scale == nil {
      backend.accumulate(hidden, through: linear, into: stream)
      return
    }
    let result: Activations
    switch output {
    case .finished(let finished): result = finished
    case .unprojected(let hidden, let linear):
      result = backend.makeActivations(rows: stream.rows, columns: stream.columns)
      backend.project(hidden, norm: nil, through: [linear], into: [result])
    }
    if let after { backend.normalize(result, after, into: result) }
    if let scale { backend.gate(result, nil, function: .scale(by: scale), into: result) }
    backend.add(stream, result, into: stream)
  }
}

/// A transformer block: stages one after the other, each of branches that read the same stream.
public struct Block: Sendable {
  /// The stages.
  public var stages: [[Residual]]
  /// What the stream is multiplied with at the end.
  public var scale: Float?

  /// Branches one after the other: x += attention(…); x += feedForward(…).
  public init(_ branches: Residual...) { stages = branches.map { [$0] } }

  /// Branches side by side: x += attention(…) + feedForward(…) (Wang and Komatsuzaki, "GPT-J-6B",
  /// 2021).
  public init(parallel branches: Residual...) { stages = [branches] }

  /// What the block remembers of a sequence: what its branches do, of which one at most has keys.
  public var memory: LayerMemory {
    stages.joined().lazy.compactMap(\.branch.memory).first ?? LayerMemory()
  }

  /// Adds the branches' results to the stream.
  public func callAsFunction(_ stream: Activations, in pass: ForwardPass) {
    for stage in stages {
      let outputs = stage.map { $0.branch(stream, norm: $0.before, in: pass) }
      for (residual, output) in zip(stage, outputs) {
        residual.add(output, to: stream, in: pass)
      }
    }
    if let scale {
      pass.backend.gate(stream, nil, function: .scale(by: scale), into: stream)
    }
  }
}
