import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct PackingTests {
  /// A packed row, decoded, is the row that QuantCore decodes.
  @Test(arguments: MatMulTests.types, Fill.allCases)
  func roundTrip(type: TensorType, fill: Fill) throws {
    let format = try #require(type.packedFormat)
    var random = SeededRandom(seed: 4)
    let k = format.blockSize == 1 ? 37 : 2 * type.blockSize
    let matrix = try TestMatrix(type, fill, rows: 19, k: k, using: &random)
    #expect(matrix.panels.isGuardIntact && matrix.panels.count.isMultiple(of: 16))
    for row in 0..<32 {
      let panel = matrix.panels.pointer + row / 16 * format.panelBytes(k: k)
      let values = unpacked(format, row: row % 16, of: panel, k: k)
      if row < 19 {
        #expect(same(values, try matrix.decoded(row: row)))
      } else {
        #expect(values.allSatisfy { $0 == 0 }, "padding")
      }
    }
  }

  /// Every set packs the same bytes.
  @Test(arguments: KernelSet.supported, MatMulTests.types)
  func equalsScalar(set: KernelSet, type: TensorType) throws {
    let format = try #require(type.packedFormat)
    let k = format.blockSize == 1 ? 37 : 3 * type.blockSize
    for rows in [5, 32] {
      // The seed of all inputs; the same for both.
      var (first, second) = (SeededRandom(seed: 5), SeededRandom(seed: 5))
      let expected = try TestMatrix(type, .random, rows: rows, k: k, using: &first)
      let packed = try TestMatrix(
        type, .random, rows: rows, k: k, packedWith: set, using: &second)
      #expect(packed.panels.array == expected.panels.array)
    }
  }

  /// Only types whose codes are numbers of points, or five digits to a byte, grow by packing.
  @Test(arguments: MatMulTests.types)
  func sizes(type: TensorType) throws {
    let format = try #require(type.packedFormat)
    let grown: [TensorType: Double] = [
      .iq3S: 4.25, .iq3XXS: 4.25, .iq2S: 3.4375, .iq2XS: 3.4375, .iq2XXS: 3.4375, .iq1S: 3.4375,
      .iq1M: 3.4375, .tq1_0: 2.0625, .q8_1: 8.5,
    ]
    let bits = Double(format.panelBytes(k: 512)) * 8 / (16 * 512)
    #expect(bits == grown[type] ?? type.bitsPerWeight)
    #expect(type.blockSize.isMultiple(of: format.blockSize))
    #expect(format.panelCount(rows: 1) == 1)
    #expect(format.panelCount(rows: 16) == 1)
    #expect(format.panelCount(rows: 17) == 2)
  }
}

/// The values of a row of a panel.
private func unpacked(
  _ format: any PackedFormat.Type, row: Int, of panel: UnsafeRawPointer, k: Int
) -> [Float] {
  guard let blocks = format as? any PackedBlocks.Type else {
    return (0..<k).map { column in
      let index = 16 * column + row
      if format is PackedF32.Type {
        return panel.load(fromByteOffset: 4 * index, as: Float.self)
      }
      if format is PackedF16.Type {
        return HalfPrecision.float(panel.load(fromByteOffset: 2 * index, as: UInt16.self))
      }
      let half = 2 * (16 * (column / 2) + row) + column % 2
      return BFloat16.float(panel.load(fromByteOffset: 2 * half, as: UInt16.self))
    }
  }
  let layout = blocks.layout
  return (0..<k).map { position in
    let block = PanelBlock(
      base: panel + position / layout.blockSize * layout.byteCount, layout: layout)
    let column = position % layout.blockSize
    let level = Float(layout.level(block.code(row: row, column: column)))
    let sub = column / layout.subBlockSize
    switch layout.scales {
    case .half, .power: return block.scale(row: row) * level
    case .e4m3Pair: return block.scale(row: row, half: column / 16 % 2) * level
    case .halfAndMinimum: return block.scale(row: row) * level + block.minimum(row: row)
    case .whole, .bytes, .centredSixBits:
      return block.scale(row: row) * Float(block.number(row: row, subBlock: sub)) * level
    case .sixBitsAndMinima, .nibblesAndMinima:
      return block.scale(row: row) * Float(block.number(row: row, subBlock: sub)) * level
        - block.minimum(row: row) * Float(block.minimum(row: row, subBlock: sub))
    }
  }
}
