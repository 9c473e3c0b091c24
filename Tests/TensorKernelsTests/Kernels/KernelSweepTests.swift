import Foundation
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

/// Products of random shapes up to those of real models; as many for each type and set as
/// `CRIA_KERNEL_SWEEP` says, none unless it is set, for they are slow without optimization:
///
///     CRIA_KERNEL_SWEEP=20 swift test -c release -Xswiftc -enable-testing --filter KernelSweepTests
@Suite struct KernelSweepTests {
  static let count =
    ProcessInfo.processInfo.environment["CRIA_KERNEL_SWEEP"].flatMap { Int($0) } ?? 0

  @Test(
    .enabled(if: count > 0, "set CRIA_KERNEL_SWEEP to a number of shapes"),
    arguments: KernelSet.supported.filter { $0.name != "scalar" }, MatMulTests.types)
  func equalsScalar(set: KernelSet, type: TensorType) throws {
    let format = try #require(type.packedFormat)
    var random = SeededRandom(seed: UInt64(type.rawValue))  // the seed of a type's inputs
    for _ in 0..<Self.count {
      let limit = 8192 / format.blockSize
      let k = format.blockSize * (1 + Int(random.next() % UInt64(limit)))
      let rows = 1 + Int(random.next() % 1000)
      let count = 1 + Int(random.next() % 33)
      let matrix = try TestMatrix(type, .random, rows: rows, k: k, using: &random)
      let tokens = TestTokens(format.activations, count: count, k: k, using: &random)
      let panels = format.panelCount(rows: rows)
      let result = try product(
        set, matrix, tokens, 0..<count, 0..<panels, isArranged: count.isMultiple(of: 2))
      // The plain set is slow; some panels stand for all.
      for panel in Set([0, panels / 2, panels - 1]) {
        let expected = try product(.scalar, matrix, tokens, 0..<count, panel..<panel + 1)
        let found = (0..<count).flatMap { token in
          let first = 16 * (token * panels + panel)
          return result[first..<first + 16]
        }
        #expect(same(found, expected), "\(k) columns, \(rows) rows, \(count) tokens, \(panel)")
      }
    }
  }
}
