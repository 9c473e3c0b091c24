public import QuantCore
public import TensorKernels

/// Finds a model's tensors by name, checks their shapes, and has the backend prepare them.
public struct WeightLoader {
  /// Where the weights go.
  public let backend: any Backend
  private let tensors: [String: any TensorSource]
  private let transform: (any TensorTransform)?
  /// What has been prepared before, and is not prepared again.
  private let prepared: PreparedWeights
  private let updates: AdapterUpdates
  private let recorder: TensorRecorder?
  /// Whether tensors are checked only, and nothing is read.
  private let isDry: Bool

  /// A loader over `tensors`, which have unique names.
  ///
  /// - Parameter transform: What is prepared in place of each; the tensor itself unless given.
  public init(
    _ tensors: some Sequence<any TensorSource>, backend: any Backend,
    transform: (any TensorTransform)? = nil
  ) {
    self.init(
      tensors, backend: backend, transform: transform, prepared: PreparedWeights(),
      updates: AdapterUpdates([]))
  }

  /// A loader that prepares nothing twice, and adds adapters' updates to the linear layers.
  init(
    _ tensors: some Sequence<any TensorSource>, backend: any Backend,
    transform: (any TensorTransform)?, prepared: PreparedWeights, updates: AdapterUpdates
  ) {
    self.backend = backend
    self.transform = transform
    self.prepared = prepared
    self.updates = updates
    self.tensors = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    recorder = nil
    isDry = false
  }

  /// A loader that checks tensors' names and shapes, and prepares nothing.
  init(checking tensors: some Sequence<any TensorSource>) {
    backend = ReferenceBackend()
    self.tensors = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    transform = nil
    prepared = PreparedWeights()
    updates = AdapterUpdates([])
    recorder = nil
    isDry = true
  }

  /// A loader that has every tensor that it is asked for, and notes it.
  init(recording recorder: TensorRecorder) {
    backend = ReferenceBackend()
    tensors = [:]
    transform = nil
    prepared = PreparedWeights()
    updates = AdapterUpdates([])
    self.recorder = recorder
    isDry = true
  }

  /// Whether the file has a tensor of this name.
  public func has(_ name: String) -> Bool { recorder?.has(name) ?? (tensors[name] != nil) }

  /// A matrix `[outputs, inputs]`.
  public func matrix(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> Weight {
    try prepare(source(name, shape: [inputs, outputs], as: .matrix), as: .matrix)
  }

  /// Matrices of `outputs` rows each that follow one another in one tensor.
  public func matrices(
    _ name: String, outputs: [Int], inputs: Int
  ) throws(ModelError) -> [Weight] {
    let rows = outputs.reduce(0, +)
    let source = try source(name, shape: [inputs, rows], as: .matrix)
    return try parts(of: source, shapes: outputs.map { [inputs, $0] }, as: .matrix)
  }

  /// A table of `entries` rows, nil for as many as the file has.
  public func table(_ name: String, entries: Int?, columns: Int) throws(ModelError) -> Weight {
    let entries = if let entries { entries } else { try rows(of: name) }
    return try prepare(source(name, shape: [columns, entries], as: .table), as: .table)
  }

  /// A vector.
  public func vector(_ name: String, count: Int) throws(ModelError) -> Weight {
    try prepare(source(name, shape: [count], as: .vector), as: .vector)
  }

  /// A vector that the file spells as `rows` rows of `columns`.
  public func vector(_ name: String, columns: Int, rows: Int) throws(ModelError) -> Weight {
    try prepare(source(name, shape: [columns, rows], as: .vector), as: .vector)
  }

  /// A matrix `name.weight` with the bias `name.bias` where the file has one.
  public func linear(_ name: String, outputs: Int, inputs: Int) throws(ModelError) -> Linear {
    let weight = try matrix("\(name).weight", outputs: outputs, inputs: inputs)
    let bias = has("\(name).bias") ? try vector("\(name).bias", count: outputs) : nil
    return Linear(
      weight: weight, bias: bias,
      updates: try updates.changes(to: "\(name).weight", rows: 0..<outputs, on: backend))
  }

  /// The matrix that gives logits: `output.weight`, or the embeddings where the file has none.
  public func output(vocabularySize: Int, inputs: Int) throws(ModelError) -> Linear {
    if has("output.weight") {
      return try linear("output", outputs: vocabularySize, inputs: inputs)
    }
    let table = "token_embd.weight"
    return Linear(
      weight: try matrix(table, outputs: vocabularySize, inputs: inputs),
      updates: try updates.changesOfTiedOutput(on: backend))
  }

  /// What adapters add to the rows of the token embeddings.
  func embeddingUpdates() throws(ModelError) -> [LowRankUpdate] {
    try updates.changesOfEmbeddings(on: backend)
  }

  /// Matrices that follow one another in `name.weight`, with their parts of `name.bias` where the
  /// file has one.
  public func linears(
    _ name: String, outputs: [Int], inputs: Int
  ) throws(ModelError) -> [Linear] {
    let stack = try linears(
      name, shape: [inputs, outputs.reduce(0, +)], stack: 1, outputs: outputs)
    return stack[0]
  }

  /// One matrix per expert, stacked in `name.weight` `[inputs, outputs, count]`, with biases
  /// `name.bias` `[outputs, count]` where the file has them.
  public func experts(
    _ name: String, count: Int, outputs: Int, inputs: Int
  ) throws(ModelError) -> [Linear] {
    try linears(name, stack: count, outputs: [outputs], inputs: inputs).map { $0[0] }
  }

  /// A stack of `count` fused matrices, each of `outputs` rows one after the other.
  public func linears(
    _ name: String, stack count: Int, outputs: [Int], inputs: Int
  ) throws(ModelError) -> [[Linear]] {
    try linears(
      name, shape: [inputs, outputs.reduce(0, +), count], stack: count, outputs: outputs)
  }

  private func linears(
    _ name: String, shape: [Int], stack count: Int, outputs: [Int]
  ) throws(ModelError) -> [[Linear]] {
    let matrix = try source("\(name).weight", shape: shape, as: .matrix)
    let all = (0..<count).flatMap { _ in outputs }
    let weights = try parts(of: matrix, shapes: all.map { [shape[0], $0] }, as: .matrix)
    var biases: [Weight] = []
    if has("\(name).bias") {
      let bias = try source("\(name).bias", shape: Array(shape.dropFirst()), as: .vector)
      biases = try parts(of: bias, shapes: all.map { [$0] }, as: .vector)
    }
    var linears: [[Linear]] = []
    for item in 0..<count {
      var fused: [Linear] = []
      var first = 0
      for (part, rows) in outputs.enumerated() {
        let index = item * outputs.count + part
        fused.append(
          Linear(
            weight: weights[index], bias: biases.isEmpty ? nil : biases[index],
            updates: try updates.changes(
              to: "\(name).weight", rows: first..<first + rows, item: item, on: backend)))
        first += rows
      }
      linears.append(fused)
    }
    return linears
  }

  /// The decoded values of a small tensor, nil where the file has none of this name.
  public func values(_ name: String, count: Int) throws(ModelError) -> [Float]? {
    has(name) ? try requiredValues(name, count: count) : nil
  }

  /// The decoded values of a small tensor.
  public func requiredValues(_ name: String, count: Int) throws(ModelError) -> [Float] {
    let source = try source(name, shape: [count], as: .vector)
    if isDry { return Array(repeating: 1, count: count) }
    let transformed = try transformed(source)
    do {
      return try transformed.decoded()
    } catch {
      throw ModelError(.invalidTensor, error.message, at: .tensor(name))
    }
  }

  /// The tensor's rows: the vocabulary's size, for an embedding table.
  public func rows(of name: String) throws(ModelError) -> Int {
    if let recorder { return recorder.vocabularySize }
    return try existing(name).rows
  }

  private func existing(_ name: String) throws(ModelError) -> any TensorSource {
    guard let source = tensors[name] else {
      throw ModelError(.invalidTensor, "the file lacks a tensor", at: .tensor(name))
    }
    return source
  }

  private func source(
    _ name: String, shape: [Int], as role: WeightRole
  ) throws(ModelError) -> any TensorSource {
    if let recorder { return recorder.source(name, shape: shape, as: role) }
    let source = try existing(name)
    // A file may spell a vector as a matrix of one row.
    guard source.shape.droppingTrailingOnes == shape.droppingTrailingOnes else {
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

  private func parts(
    of source: any TensorSource, shapes: [[Int]], as role: WeightRole
  ) throws(ModelError) -> [Weight] {
    var keys: [PreparedWeights.Key] = []
    var first = 0
    for shape in shapes {
      let count = shape.reduce(1, *)
      keys.append(PreparedWeights.Key(name: source.name, first: first, count: count, role: role))
      first += count
    }
    let known = keys.compactMap { prepared[$0] }
    if known.count == keys.count { return known }

    let source = try transformed(source)
    var weights: [Weight] = []
    for (key, shape) in zip(keys, shapes) {
      guard let part = FusedPart(source, from: key.first, shape: shape) else {
        throw ModelError(
          .invalidTensor, "rows of \(source.columns) do not fill blocks of \(source.type.name)",
          at: .tensor(source.name))
      }
      weights.append(try prepare(part, as: key))
    }
    if !isDry { source.discardPages() }
    return weights
  }

  private func prepare(
    _ source: any TensorSource, as role: WeightRole
  ) throws(ModelError) -> Weight {
    let key = PreparedWeights.Key(name: source.name, count: source.elementCount, role: role)
    if let known = prepared[key] { return known }
    return try prepare(transformed(source), as: key)
  }

  private func prepare(
    _ source: any TensorSource, as key: PreparedWeights.Key
  ) throws(ModelError) -> Weight {
    if isDry { return Weight(source, storage: TensorRecorder.NoStorage()) }
    do {
      let weight = Weight(source, storage: try backend.prepare(source, as: key.role))
      prepared[key] = weight
      return weight
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
