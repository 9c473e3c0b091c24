import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct PackingTests {
  /// A packed row, decoded, is the row that QuantCore decodes.
  @Test(arguments: MatMulTests.types, Fill.allCases)
  func roundTrip(type: TensorType, fill: Fill) throws {
    let format = try #require(type.packedFormat)
    #expect(format.blockSize == type.blockSize && format.blockBytes == type.blockBytes)
    var random = SeededRandom(seed: 4)
    let k = format.blockSize == 1 ? 37 : 2 * format.blockSize
    let matrix = try TestMatrix(type, fill, rows: 19, k: k, using: &random)
    #expect(matrix.panels.isGuardIntact && matrix.panels.count.isMultiple(of: 32))
    for row in 0..<32 {
      let values = Aligned<Float>(repeating: -1, count: k)
      format.unpack(
        row: row % 16, of: matrix.panels.pointer + row / 16 * format.panelBytes(k: k), k: k,
        into: values.pointer)
      if row < 19 {
        #expect(same(values.array, try matrix.decoded(row: row)))
      } else {
        #expect(values.array.allSatisfy { $0 == 0 }, "padding")
      }
    }
  }

  /// Packing neither needs nor loses a byte, other than for padding.
  @Test(arguments: MatMulTests.types)
  func sizes(type: TensorType) throws {
    let format = try #require(type.packedFormat)
    #expect(format.panelBytes(k: 512) == 16 * (try type.byteCount(elements: 512)))
    #expect(format.panelCount(rows: 1) == 1)
    #expect(format.panelCount(rows: 16) == 1)
    #expect(format.panelCount(rows: 17) == 2)
  }
}
