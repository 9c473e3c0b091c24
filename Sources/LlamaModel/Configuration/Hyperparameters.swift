public import GGUFKit

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A model file's metadata, read with bounds: a value that makes no sense is a typed error that
/// names its key.
public struct Hyperparameters: Sendable, Equatable {
  /// All entries.
  public let metadata: GGUFMetadata
  /// GGUF's name of the family, such as `llama`.
  public let architecture: String

  /// Finds the architecture, to which most keys are relative.
  ///
  /// - Throws: ``ModelError/Code/invalidConfiguration`` when there is none.
  public init(_ metadata: GGUFMetadata) throws(ModelError) {
    guard let architecture = metadata[.architecture], !architecture.isEmpty else {
      throw ModelError(
        .invalidConfiguration, "the file does not name its architecture, so it holds no model",
        at: .key("general.architecture"))
    }
    self.metadata = metadata
    self.architecture = architecture
  }

  /// Whether there is an entry.
  public func has<T>(_ key: MetadataKey<T>) -> Bool {
    metadata[key.fullName(architecture: architecture)] != nil
  }

  /// An error about a value.
  public func invalid<T>(_ key: MetadataKey<T>, _ message: String) -> ModelError {
    ModelError(
      .invalidConfiguration, message, at: .key(key.fullName(architecture: architecture)))
  }

  /// A positive integer of at most `limit`.
  public func count(
    _ key: MetadataKey<Int>, upTo limit: Int, default fallback: Int? = nil
  ) throws(ModelError) -> Int {
    try bounded(value(key, default: fallback), key, in: 1...limit)
  }

  /// An integer from zero to `limit`; zero when it is missing.
  public func countOrZero(_ key: MetadataKey<Int>, upTo limit: Int) throws(ModelError) -> Int {
    try bounded(value(key, default: 0), key, in: 0...limit)
  }

  /// An integer of at most `limit` per block, where the file may give one for all.
  public func counts(
    _ key: MetadataKey<PerLayer<Int>>, from least: Int = 1, upTo limit: Int,
    perBlock blocks: Int, default fallback: [Int]? = nil
  ) throws(ModelError) -> [Int] {
    let layers = try value(key, default: fallback.map { .each($0) })
    guard let counts = layers.values(layers: blocks) else {
      throw invalid(key, "there is not one value for each of the \(blocks) blocks")
    }
    for count in counts { _ = try bounded(count, key, in: least...limit) }
    return counts
  }

  /// A finite number.
  public func number(
    _ key: MetadataKey<Float>, default fallback: Float? = nil
  ) throws(ModelError) -> Float {
    let number = try value(key, default: fallback)
    guard number.isFinite else { throw invalid(key, "\(number) is not a finite number") }
    return number
  }

  /// A finite number that is not zero; nil when it is missing or zero.
  public func factor(_ key: MetadataKey<Float>) throws(ModelError) -> Float? {
    let number = try number(key, default: 0)
    return number == 0 ? nil : number
  }

  /// Yes or no.
  public func flag(_ key: MetadataKey<Bool>, default fallback: Bool) throws(ModelError) -> Bool {
    try value(key, default: fallback)
  }

  /// Yes or no per block, where the file may give one for all; nil when it is missing.
  public func flags(
    _ key: MetadataKey<PerLayer<Bool>>, perBlock blocks: Int
  ) throws(ModelError) -> [Bool]? {
    guard has(key) else { return nil }
    guard let flags = try value(key, default: nil).values(layers: blocks) else {
      throw invalid(key, "there is not one value for each of the \(blocks) blocks")
    }
    return flags
  }

  /// A text; nil when it is missing.
  public func text(_ key: MetadataKey<String>) throws(ModelError) -> String? {
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
    _ value: Int, _ key: MetadataKey<T>, in range: ClosedRange<Int>
  ) throws(ModelError) -> Int {
    guard range.contains(value) else {
      throw invalid(key, "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

extension GGUFFile {
  /// Opens a file, with failures as the model's.
  init(opening url: URL) throws(ModelError) {
    do {
      self = try GGUFFile(contentsOf: url)
    } catch {
      throw ModelError(file: error)
    }
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
