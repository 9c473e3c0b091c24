public import QuantCore
public import TensorKernels

/// Finds a model's tensors by name, checks their shapes, and has the backend prepare them.
public struct WeightLoader {
  /// Where the weights go.
  public let backend: any Backend
  private let tensors: [String: any TensorSource]
  private let transform: (any TensorTransform)?

  /// A loader over `tensors`, which have unique names.
  ///
  /// - Parameter transform: What is prepared in place of each; the tensor itself unless given.
  public init(
    _ tensors: some Sequence<any TensorSource>, backend: any Backend,
    transform: (any TensorTransform)? = nil
  ) {
    self.backend = backend
    self.transform = transform
    self.tensors = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the file has a tensor of this name.
  public func has(_ name: String) -> Bool { tensors[name] != nil }

  /// A matrix `[outputs, inputs]`.
  public func matrix(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> Weight {
    try prepare(name, shape: [inputs, outputs], as: .matrix)
  }

  /// A table of `entries` rows, nil for as many as the file has.
  public func table(_ name: String, entries: Int?, columns: Int) throws(ModelError) -> Weight {
    let entries = if let entries { entries } else { try source(name).rows }
    return try prepare(name, shape: [columns, entries], as: .table)
  }

  /// A vector.
  public func vector(_ name: String, count: Int) throws(ModelError) -> Weight {
    try prepare(name, shape: [count], as: .vector)
  }

  /// A matrix `name.weight` with the bias `name.bias` where the file has one.
  public func linear(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> Linear {
    let weight = try matrix("\(name).weight", outputs: outputs, inputs: inputs)
    let bias = has("\(name).bias") ? try vector("\(name).bias", count: outputs) : nil
    return Linear(weight: weight, bias: bias)
  }

  /// The decoded values of a small tensor, nil where the file has none of this name.
  public func values(_ name: String, count: Int) throws(ModelError) -> [Float]? {
    guard has(name) else { return nil }
    let source = try source(name, shape: [count])
    do {
      return try source.decoded()
    } catch {
      throw ModelError(.invalidTensor, error.message, at: .tensor(name))
    }
  }

  /// The tensor's rows: the vocabulary's size, for an embedding table.
  public func rows(of name: String) throws(ModelError) -> Int { try source(name).rows }

  private func source(_ name: String, shape: [Int]? = nil) throws(ModelError) -> any TensorSource {
    guard let source = tensors[name] else {
      throw ModelError(.invalidTensor, "the file lacks a tensor", at: .tensor(name))
    }
    // A file may spell a vector as a matrix of one row.
    let actual = source.shape.count == 1 ? source.shape : source.shape.droppingTrailingOnes
    if let shape, actual != shape.droppingTrailingOnes {
      throw ModelError(
        .invalidTensor, "the shape is \(source.shape), but the model needs \(shape)",
        at: .tensor(name))
    }
    return source
  }

  private func transformed(
    _ source: any TensorSource
  ) throws(ModelError) -> any TensorSource {
    guard let transform else { return source }
    do throws(QuantError) {
      let transformed = try transform.transformed(source)
      source.discardPages()
      return transformed
    } catch {
      throw ModelError(.invalidTensor, error.description, at: .tensor(source.name))
    }
  }

  private func prepare(
    _ name: String, shape: [Int], as role: WeightRole
  ) throws(ModelError) -> Weight {
    let source = try transformed(source(name, shape: shape))
    do {
      return Weight(source, storage: try backend.prepare(source, as: role))
    } catch {
      throw ModelError(backend: error)
    }
  }
}

extension [Int] {
  /// The dimensions without the ones at the end, which say nothing.
  fileprivate var droppingTrailingOnes: [Int] {
    var shape = self
    while shape.count > 1, shape.last == 1 { shape.removeLast() }
    return shape
  }
}

extension ModelError {
  /// A backend's failure, as the model's.
  init(backend error: BackendError) {
    let isTensor = [BackendError.Code.unsupportedType, .invalidTensor].contains(error.code)
    let code: Code = isTensor ? .invalidTensor : .backendFailure
    self.init(code, error.message, at: error.tensor.map { .tensor($0) })
  }
}
