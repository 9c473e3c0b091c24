import GGUFKit

/// Reads a configuration's metadata with bounds.
struct ConfigurationReader {
  let metadata: GGUFMetadata
  let architecture: String

  init(_ metadata: GGUFMetadata) throws(ModelError) {
    guard let architecture = metadata[.architecture], !architecture.isEmpty else {
      throw ModelError(
        .invalidConfiguration, "the file does not name its architecture, so it holds no model",
        at: .key("general.architecture"))
    }
    self.metadata = metadata
    self.architecture = architecture
  }

  func has<T>(_ key: MetadataKey<T>) -> Bool {
    metadata[key.fullName(architecture: architecture)] != nil
  }

  func invalid<T>(_ key: MetadataKey<T>, _ message: String) -> ModelError {
    ModelError(
      .invalidConfiguration, message, at: .key(key.fullName(architecture: architecture)))
  }

  /// A positive integer of at most `limit`.
  func count(
    _ key: MetadataKey<Int>, upTo limit: Int, default fallback: Int? = nil
  ) throws(ModelError) -> Int {
    try bounded(value(key, default: fallback), key, upTo: limit)
  }

  /// A positive integer per block, where the file may give one for all.
  func counts(
    _ key: MetadataKey<PerLayer<Int>>, upTo limit: Int, perBlock blocks: Int,
    default fallback: [Int]? = nil
  ) throws(ModelError) -> [Int] {
    let layers = try value(key, default: fallback.map { .each($0) })
    guard let counts = layers.values(layers: blocks) else {
      throw invalid(key, "there is not one value for each of the \(blocks) blocks")
    }
    for count in counts { _ = try bounded(count, key, upTo: limit) }
    return counts
  }

  /// A finite number.
  func number(_ key: MetadataKey<Float>, default fallback: Float? = nil) throws(ModelError) -> Float
  {
    let number = try value(key, default: fallback)
    guard number.isFinite else { throw invalid(key, "\(number) is not a finite number") }
    return number
  }

  func text(_ key: MetadataKey<String>) throws(ModelError) -> String? {
    has(key) ? try value(key, default: nil) : nil
  }

  private func value<T>(_ key: MetadataKey<T>, default fallback: T?) throws(ModelError) -> T {
    if let fallback, !has(key) { return fallback }
    do {
      return try metadata.value(key)
    } catch {
      throw ModelError(file: error)
    }
  }

  private func bounded<T>(
    _ value: Int, _ key: MetadataKey<T>, upTo limit: Int
  ) throws(ModelError) -> Int {
    guard (1...limit).contains(value) else {
      throw invalid(key, "\(value) is outside 1 to \(limit)")
    }
    return value
  }
}

extension ModelError {
  /// A file's failure, as the model's.
  init(file error: GGUFError) {
    let isValue = [GGUFError.Code.missingKey, .wrongType].contains(error.code)
    let location: Location? =
      switch error.location {
      case .byteOffset(let offset): .byteOffset(offset)
      case .key(let key): .key(key)
      case .tensor(let name): .tensor(name)
      case .file(let path): .file(path)
      case nil: nil
      }
    let message = error.cause.map { "\(error.message): \($0)" } ?? error.message
    self.init(isValue ? .invalidConfiguration : .invalidFile, message, at: location)
  }
}
