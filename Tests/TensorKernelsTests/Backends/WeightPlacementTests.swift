import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct WeightPlacementTests {
  /// The results of each kind of product, with matrices of two types.
  private func products(_ placement: WeightPlacement, rows: Int) throws -> [[Float]] {
    let backend = try CPUBackend(threads: 2, weights: placement)
    #expect(backend.weights == placement)
    var random = SeededRandom(seed: 12)
    func linear(_ outputs: Int, _ inputs: Int, _ type: TensorType) throws -> Linear {
      let tensor = try InMemoryTensor(
        name: "w", shape: [inputs, outputs], values: random.gaussian(count: inputs * outputs),
        as: type)
      let weight = try backend.prepareWeight(tensor, as: .matrix)
      let memory = backend.matrix(weight).byteCount
      #expect(placement == .mapped ? memory == 0 : memory > 0)
      return Linear(weight: weight)
    }
    let x = backend.makeActivations(
      rows: rows, columns: 256, values: random.gaussian(count: rows * 256))
    let hidden = backend.makeActivations(rows: rows, columns: 320)
    backend.gatedProject(
      x, norm: nil, gate: try linear(320, 256, .q4_0), up: try linear(320, 256, .q6K),
      function: .silu, into: hidden)
    let out = backend.makeActivations(rows: rows, columns: 35)
    backend.project(x, norm: nil, through: [try linear(35, 256, .f16)], into: [out])
    backend.accumulate(hidden, through: try linear(256, 320, .q8_0), into: x)
    return [try backend.read(hidden), try backend.read(out), try backend.read(x)]
  }

  @Test("Results do not depend on where matrices are kept", arguments: [1, 20])
  func samesResults(rows: Int) throws {
    let packed = try products(.packed, rows: rows)
    #expect(try products(.mapped, rows: rows) == packed)
  }

  /// A tensor that says that it lies in a mapped file.
  private struct MappedTensor: TensorSource {
    var stored: InMemoryTensor
    var name: String { stored.name }
    var type: TensorType { stored.type }
    var shape: [Int] { stored.shape }
    var isMapped: Bool { true }

    func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R { try stored.withBytes(body) }
  }

  /// The memory that a mapped matrix takes, in a backend that packs while there is room, after
  /// products with some rows, in turn.
  private func memory(afterProductsOf rows: [Int]) throws -> [Int] {
    let backend = try CPUBackend(threads: 2)
    var random = SeededRandom(seed: 13)
    let stored = try InMemoryTensor(
      name: "w", shape: [256, 48], values: random.gaussian(count: 256 * 48), as: .q4K)
    let weight = try backend.prepareWeight(MappedTensor(stored: stored), as: .matrix)
    let packed = try backend.prepareWeight(stored, as: .matrix)
    #expect(backend.matrix(weight).byteCount == 0)
    #expect(backend.matrix(packed).byteCount > 0)
    return try rows.map { rows in
      let values = random.gaussian(count: rows * 256)
      let x = backend.makeActivations(rows: rows, columns: 256, values: values)
      let out = backend.makeActivations(rows: rows, columns: 48)
      backend.matmul(x, packed, into: out)
      let expected = try backend.read(out)
      backend.matmul(x, weight, into: out)
      #expect(try backend.read(out) == expected)
      return backend.matrix(weight).byteCount
    }
  }

  @Test("A mapped matrix is packed when it is used for the second time")
  func secondUse() throws {
    let memory = try memory(afterProductsOf: [3, 1, 2])
    #expect(memory[0] == 0)
    #expect(memory[1] > 0 && memory[2] == memory[1])
  }

  @Test("Rows that ask for each panel several times are a second use already")
  func manyRows() throws {
    #expect(try memory(afterProductsOf: [128]) == [0])
    #expect(try memory(afterProductsOf: [129])[0] > 0)
  }

  @Test("Products at once share the panels of a matrix that is packed meanwhile")
  func concurrentUses() async throws {
    let backend = try CPUBackend(threads: 2)
    var random = SeededRandom(seed: 14)
    let stored = try InMemoryTensor(
      name: "w", shape: [256, 320], values: random.gaussian(count: 256 * 320), as: .q6K)
    let values = random.gaussian(count: 256)
    let weight = try backend.prepareWeight(MappedTensor(stored: stored), as: .matrix)
    let results = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let x = backend.makeActivations(rows: 1, columns: 256, values: values)
          let out = backend.makeActivations(rows: 1, columns: 320)
          backend.matmul(x, weight, into: out)
          return try backend.read(out)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(results).count == 1)
    #expect(backend.matrix(weight).byteCount > 0)
  }

  @Test("Matrices are packed while an eighth of the memory is left")
  func automaticChoice() {
    let memory = SystemMemory(total: 8000, available: 5000)
    #expect(memory.hasRoom(for: 4000))
    #expect(!memory.hasRoom(for: 4001))
    #expect(!SystemMemory(total: 8000, available: -100).hasRoom(for: 1))
    #expect(WeightPlacement.packed.packs(.max / 2))
    #expect(!WeightPlacement.mapped.packs(1))
    #expect(!WeightPlacement.automatic.packs(.max / 2))
    #expect(WeightPlacement.packed.packsAtOnce(1, isMapped: true))
    #expect(!WeightPlacement.automatic.packsAtOnce(1, isMapped: true))
    #expect(!WeightPlacement.mapped.packsAtOnce(1, isMapped: false))
  }

  @Test("The machine's memory is known")
  func systemMemory() throws {
    let memory = try #require(SystemMemory.current)
    #expect(memory.total > 0 && memory.available <= memory.total)
  }

  #if os(Linux)
    @Test("Numbers are read after their labels")
    func numbers() {
      let text = Array("MemTotal:   12 kB\nMemAvailable: 7 kB\nlimit max\n".utf8)
      #expect(SystemMemory.number(in: text, after: "MemTotal:") == 12)
      #expect(SystemMemory.number(in: text, after: "\nMemAvailable:") == 7)
      #expect(SystemMemory.number(in: text, after: "limit ") == nil)
      #expect(SystemMemory.number(in: text, after: "absent") == nil)
      #expect(SystemMemory.number(in: Array("345\n".utf8), after: "") == 345)
    }
  #endif
}
