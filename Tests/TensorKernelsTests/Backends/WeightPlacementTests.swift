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

  @Test("Matrices are packed while an eighth of the memory is left")
  func automaticChoice() {
    let memory = SystemMemory(total: 8000, available: 5000)
    #expect(memory.hasRoom(for: 4000))
    #expect(!memory.hasRoom(for: 4001))
    #expect(!SystemMemory(total: 8000, available: -100).hasRoom(for: 1))
    #expect(WeightPlacement.packed.packs(.max / 2))
    #expect(!WeightPlacement.mapped.packs(1))
    #expect(!WeightPlacement.automatic.packs(.max / 2))
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
