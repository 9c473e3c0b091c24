import Foundation
import GGUFKit
import LlamaModel
import TensorKernels
import TestSupport
import Testing

/// Sequences that were saved and go on elsewhere.
@Suite struct SavedSequenceTests {
  /// Full, sliding, latent and hybrid caches.
  static let families = Family.decoders.filter {
    ["llama", "gemma3", "gemma4", "deepseek2", "qwen35", "lfm2"].contains($0.name)
  }

  static func sequence(_ model: LanguageModel, type: CacheTypes = .f16) throws -> ModelSequence {
    var shape = CacheShape(layers: model.memory, capacity: 24, type: type)
    // So that windows have left positions behind.
    shape.slidingSlack = 2
    return ModelSequence(model, cache: try ModelCache(shape, on: model.backend))
  }

  static let types: [CacheTypes] = [
    .f32, .f16, .bf16, .q8_0, .q4_0, CacheTypes(keys: .q8_0, values: .f16),
  ]

  @Test("A restored sequence goes on with the same bits", arguments: families, types)
  func restoring(family: Family, type: CacheTypes) throws {
    let model = try LanguageModel(family.file(), backend: CPUBackend(threads: 1))
    let sequence = try Self.sequence(model, type: type)
    _ = try sequence.append(Family.tokens, outputs: .none, batch: 2)
    let saved = try GGUFFile(bytes: sequence.saved())
    let restored = try ModelSequence(model, restoring: saved)
    #expect(restored.tokens == Family.tokens)
    #expect(restored.capacity == 24)
    // Before the next step, for both can still go back where the family allows it.
    let shorter = try ModelSequence(model, restoring: saved)
    let expected = try sequence.append([21, 22], outputs: .all)
    #expect(try restored.append([21, 22], outputs: .all) == expected)
    #expect(try restored.saved() == sequence.saved())
    let larger = try ModelSequence(model, restoring: saved, capacity: 64)
    #expect(try larger.append([21, 22], outputs: .all) == expected)
    try shorter.trim(to: 10)
    let whole = try Self.sequence(model, type: type)
    _ = try whole.append(Family.tokens[..<10], outputs: .none, batch: 2)
    #expect(try shorter.append([33]) == whole.append([33]))
  }

  @Test("What one backend has saved another can take in", arguments: families)
  func otherBackend(family: Family) throws {
    let file = try family.file()
    let fast = try LanguageModel(file, backend: CPUBackend(threads: 1))
    let slow = try LanguageModel(file, backend: ReferenceBackend())
    for (one, other) in [(fast, slow), (slow, fast)] {
      let sequence = try Self.sequence(one)
      _ = try sequence.append(Family.tokens, outputs: .none, batch: 2)
      let restored = try ModelSequence(other, restoring: GGUFFile(bytes: sequence.saved()))
      let (a, b) = (try sequence.append([21]), try restored.append([21]))
      let largest = a.reduce(0) { max($0, abs($1)) }
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 * largest })
    }
  }

  @Test("A file appears when it is complete, and an empty sequence can be saved")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "cria-sequence-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "saved.gguf")
    let model = try LanguageModel.random(seed: 2, backend: CPUBackend(threads: 1))
    let sequence = try ModelSequence(model, capacity: 8)
    try sequence.save(to: url)
    #expect(try ModelSequence(model, contentsOf: url).tokens.isEmpty)
    _ = try sequence.append([5, 6, 7])
    try sequence.save(to: url)
    let restored = try ModelSequence(model, contentsOf: url)
    #expect(try restored.append([8]) == sequence.append([8]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["saved.gguf"])
    let missing = #expect(throws: ModelError.self) {
      try ModelSequence(model, contentsOf: folder.appending(path: "other.gguf"))
    }
    #expect(missing?.code == .invalidFile)
  }

  @Test("Another model's sequence, one that is too long and a model are refused")
  func mismatches() throws {
    let model = try LanguageModel.random(seed: 2, backend: CPUBackend(threads: 1))
    let sequence = try ModelSequence(model, capacity: 8)
    _ = try sequence.append([5, 6, 7])
    let saved = try GGUFFile(bytes: sequence.saved())
    func code(_ model: LanguageModel, _ file: GGUFFile, capacity: Int? = nil) -> ModelError.Code? {
      do throws(ModelError) {
        _ = try ModelSequence(model, restoring: file, capacity: capacity)
        return nil
      } catch {
        return error.code
      }
    }
    let other = try LanguageModel.random(seed: 3, backend: CPUBackend(threads: 1))
    #expect(code(other, saved) == .modelMismatch)
    #expect(code(model, saved, capacity: 2) == .contextFull)
    #expect(code(model, try RandomModel(seed: 2).file()) == .invalidFile)
  }

  @Test("Damage is a typed error wherever it is", arguments: families.prefix(4))
  func damage(family: Family) throws {
    let model = try LanguageModel(family.file(), backend: CPUBackend(threads: 1))
    let sequence = try Self.sequence(model)
    _ = try sequence.append(Family.tokens, outputs: .none, batch: 2)
    let bytes = try sequence.saved()
    var random = SeededRandom(seed: 7)
    for attempt in 0..<150 {
      var damaged = bytes
      // Half of the damage to the header, which is a small part of the file.
      let range = attempt.isMultiple(of: 2) ? min(2048, bytes.count) : bytes.count
      damaged[Int.random(in: 0..<range, using: &random)] ^= 1 << UInt8(attempt % 8)
      if attempt % 5 == 0 { damaged.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
      guard let file = try? GGUFFile(bytes: damaged) else { continue }
      do throws(ModelError) {
        // Bytes that pad the file may change.
        let restored = try ModelSequence(model, restoring: file)
        #expect(try restored.saved() == bytes, "seed 7, attempt \(attempt)")
      } catch {
        let codes: [ModelError.Code] = [
          .invalidFile, .modelMismatch, .contextFull, .backendFailure,
        ]
        #expect(codes.contains(error.code), "seed 7, attempt \(attempt): \(error)")
      }
    }
  }
}
