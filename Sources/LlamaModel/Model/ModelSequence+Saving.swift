public import GGUFKit
import QuantCore
import TensorKernels

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension ModelSequence {
  /// The sequence as a GGUF file in memory: its tokens and its cache.
  ///
  /// - Throws: ``ModelError/Code/backendFailure`` where the backend's caches cannot be saved.
  public func saved() throws(ModelError) -> [UInt8] {
    let builder = try builder()
    do {
      return try builder.serialized()
    } catch {
      throw ModelError(file: error)
    }
  }

  /// Saves the sequence to a file, which appears under its name when it is complete.
  ///
  /// - Throws: ``ModelError/Code/invalidFile`` where the file cannot be written,
  ///   ``ModelError/Code/backendFailure`` where the backend's caches cannot be saved.
  public func save(to url: URL) throws(ModelError) {
    let builder = try builder()
    do {
      try builder.write(to: url)
    } catch {
      throw ModelError(file: error)
    }
  }

  private func builder() throws(ModelError) -> GGUFBuilder {
    let shape = cache.storage.shape
    return try SavedSequence(
      model: model.fingerprint, tokens: tokens, shape: shape, layers: cache.contents()
    ).builder(shape: shape)
  }

  /// A sequence that was saved, which goes on as if it had never been away, to the bit.
  ///
  /// - Parameters:
  ///   - model: The model that it was saved from, on any backend.
  ///   - url: The file.
  ///   - capacity: The most tokens that it can hold; as many as before unless given.
  /// - Throws: As ``init(_:restoring:capacity:)``.
  public convenience init(
    _ model: LanguageModel, contentsOf url: URL, capacity: Int? = nil
  ) throws(ModelError) {
    try self.init(model, restoring: GGUFFile(opening: url), capacity: capacity)
  }

  /// A sequence that was saved, from a file that is open or in memory.
  ///
  /// - Parameters:
  ///   - model: The model that it was saved from, on any backend.
  ///   - file: The saved sequence.
  ///   - capacity: The most tokens that it can hold; as many as before unless given.
  /// - Throws: ``ModelError/Code/invalidFile`` for a file that is damaged or no saved sequence,
  ///   ``ModelError/Code/modelMismatch`` for one of another model,
  ///   ``ModelError/Code/contextFull`` for a capacity below its length,
  ///   ``ModelError/Code/backendFailure`` when there is no memory for it.
  public convenience init(
    _ model: LanguageModel, restoring file: GGUFFile, capacity: Int? = nil
  ) throws(ModelError) {
    let saved = try SavedSequence(file, memory: model.memory)
    guard saved.model == model.fingerprint else {
      throw ModelError(
        .modelMismatch, "the sequence was saved from another model, or with other adapters")
    }
    guard saved.tokens.allSatisfy({ (0..<model.vocabularySize).contains($0) }) else {
      throw ModelError(.invalidFile, "the saved sequence has tokens that the model does not have")
    }
    let capacity = capacity ?? saved.capacity
    guard saved.tokens.count <= capacity else {
      throw ModelError(
        .contextFull, "\(saved.tokens.count) tokens do not fit a context of \(capacity)")
    }
    var shape = CacheShape(layers: model.memory, capacity: capacity, type: saved.cacheTypes)
    shape.slidingSlack = saved.slidingSlack
    let cache = try ModelCache(shape, on: model.backend)
    try cache.restore(saved.layers, count: saved.tokens.count)
    self.init(model, cache: cache, tokens: saved.tokens)
  }
}
