import GGUFKit
import QuantCore
import TensorKernels

/// A sequence as a GGUF file: its tokens and what each layer remembers of them, with what is needed
/// to see that they belong to a model.
struct SavedSequence {
  /// Of the model that read the tokens.
  var model: String
  var tokens: [Int]
  var capacity: Int
  var cacheTypes: CacheTypes
  var slidingSlack: Int
  var layers: [LayerContents]

  /// The version of the form below.
  private static let version = 1
  /// `general.type` of such files.
  private static let kind = "sequence"

  // MARK: Writing

  /// The file in the making.
  func builder(shape: CacheShape) throws(ModelError) -> GGUFBuilder {
    var metadata: GGUFMetadata = [:]
    metadata[.fileKind] = Self.kind
    metadata[.formVersion] = Self.version
    metadata[.modelFingerprint] = model
    metadata[.capacity] = capacity
    metadata[.cacheType] = cacheTypes.description
    metadata[.slidingSlack] = slidingSlack
    metadata[.readTokens] = tokens
    metadata[.firstPositions] = layers.map(\.first)
    metadata[.statePositions] = layers.flatMap { layer in
      [layer.convolution, layer.recurrence].flatMap { states in
        (states?.positions ?? [nil, nil]).map { $0 ?? -1 }
      }
    }
    var tensors: [any TensorSource] = []
    do throws(QuantError) {
      for (index, memory) in shape.layers.enumerated() {
        tensors += try self.tensors(of: index, memory)
      }
    } catch {
      throw ModelError(.backendFailure, error.description)
    }
    metadata[.checksum] = checksum(of: tensors)
    return GGUFBuilder(metadata: metadata, tensors: tensors)
  }

  /// A layer's tensors, without those that would be empty.
  private func tensors(
    of index: Int, _ memory: LayerMemory
  ) throws(QuantError) -> [InMemoryTensor] {
    let layer = layers[index]
    var tensors: [InMemoryTensor] = []
    for (part, bytes, size, type) in [
      (Part.keys, layer.keys, memory.keyDimension, cacheTypes.keys.tensorType),
      (.values, layer.values, memory.valueDimension ?? 0, cacheTypes.values.tensorType),
    ] where !bytes.isEmpty {
      let padded = (size + type.blockSize - 1) / type.blockSize * type.blockSize
      tensors.append(
        try InMemoryTensor(
          name: part.name(layer: index), type: type,
          shape: [padded, tokens.count - layer.first, memory.keyValueHeads], bytes: bytes))
    }
    for (part, states) in [(Part.convolution, layer.convolution), (.recurrence, layer.recurrence)] {
      guard let states, let size = states.values.first?.count, size > 0 else { continue }
      tensors.append(
        try InMemoryTensor(
          name: part.name(layer: index), shape: [size, states.values.count],
          values: states.values.flatMap { $0 }))
    }
    return tensors
  }

  // MARK: Reading

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - file: What ``builder(shape:)`` made.
  ///   - memory: What the model's layers remember.
  /// - Throws: ``ModelError/Code/invalidFile`` for a file that is damaged, or of another kind or
  ///   version.
  init(_ file: GGUFFile, memory: [LayerMemory]) throws(ModelError) {
    let metadata = file.metadata
    guard metadata[.fileKind] == Self.kind else {
      throw ModelError(.invalidFile, "the file holds no saved sequence", at: .key("general.type"))
    }
    guard metadata[.formVersion] == Self.version else {
      throw ModelError(
        .invalidFile, "the sequence was saved by another version of this library",
        at: .key("sequence.version"))
    }
    guard let model = metadata[.modelFingerprint], let tokens = metadata[.readTokens],
      let capacity = metadata[.capacity], let slack = metadata[.slidingSlack],
      let cacheTypes = metadata[.cacheType].flatMap({ CacheTypes($0) }),
      let firsts = metadata[.firstPositions], let positions = metadata[.statePositions],
      (1...1 << 30).contains(capacity), (0...1 << 30).contains(slack),
      positions.count == 4 * firsts.count, firsts.count == memory.count
    else { throw Self.damaged }
    self.model = model
    self.tokens = tokens
    self.capacity = capacity
    self.cacheTypes = cacheTypes
    slidingSlack = slack
    layers = []
    for (index, first) in firsts.enumerated() {
      var layer = LayerContents()
      layer.first = first
      layer.keys = Self.bytes(of: file.tensor(named: Part.keys.name(layer: index)))
      layer.values = Self.bytes(of: file.tensor(named: Part.values.name(layer: index)))
      func states(_ part: Part, at start: Int) -> LayerContents.States {
        let pair = positions[start..<start + 2].map { $0 < 0 ? nil : $0 }
        let values = (try? file.tensor(named: part.name(layer: index))?.decoded()) ?? []
        let size = values.count / 2
        return LayerContents.States(
          positions: pair, values: [Array(values[..<size]), Array(values[size...])])
      }
      if memory[index].convolution != nil {
        layer.convolution = states(.convolution, at: 4 * index)
      }
      if memory[index].recurrence != nil {
        layer.recurrence = states(.recurrence, at: 4 * index + 2)
      }
      layers.append(layer)
    }
    guard metadata[.checksum] == checksum(of: file.tensors) else { throw Self.damaged }
  }

  private static var damaged: ModelError {
    ModelError(.invalidFile, "the saved sequence is damaged, or belongs to another model")
  }

  private static func bytes(of tensor: GGUFTensor?) -> [UInt8] {
    tensor?.withBytes { span in span.withUnsafeBytes { Array($0) } } ?? []
  }

  /// Of the tensors, and of all that the metadata says.
  private func checksum(of tensors: [any TensorSource]) -> UInt64 {
    var digest = Digest()
    digest.add(model)
    digest.add(cacheTypes.description)
    for number in [capacity, slidingSlack] + tokens { digest.add(number) }
    for layer in layers {
      digest.add(layer.first)
      for states in [layer.convolution, layer.recurrence] {
        for position in states?.positions ?? [] { digest.add(position ?? -1) }
      }
    }
    for tensor in tensors { tensor.withBytes { digest.add($0) } }
    return digest.value
  }

  /// What a layer's tensors hold.
  private enum Part: String {
    case keys, values, convolution, recurrence

    func name(layer: Int) -> String { "layer.\(layer).\(rawValue)" }
  }

  init(
    model: String, tokens: [Int], shape: CacheShape, layers: [LayerContents]
  ) {
    self.model = model
    self.tokens = tokens
    capacity = shape.capacity
    cacheTypes = shape.types
    slidingSlack = shape.slidingSlack
    self.layers = layers
  }
}

extension MetadataKey where Value == String {
  /// `general.type`: what kind of file it is; a model where it is missing.
  static var fileKind: Self { MetadataKey("general.type") }
  fileprivate static var modelFingerprint: Self { MetadataKey("sequence.model") }
  fileprivate static var cacheType: Self { MetadataKey("sequence.cache_type") }
}

extension MetadataKey where Value == UInt64 {
  fileprivate static var checksum: Self { MetadataKey("sequence.checksum") }
}

extension MetadataKey where Value == Int {
  fileprivate static var formVersion: Self { MetadataKey("sequence.version") }
  fileprivate static var capacity: Self { MetadataKey("sequence.capacity") }
  fileprivate static var slidingSlack: Self { MetadataKey("sequence.sliding_slack") }
}

extension MetadataKey where Value == [Int] {
  fileprivate static var readTokens: Self { MetadataKey("sequence.tokens") }
  fileprivate static var firstPositions: Self { MetadataKey("sequence.first_positions") }
  fileprivate static var statePositions: Self { MetadataKey("sequence.state_positions") }
}
