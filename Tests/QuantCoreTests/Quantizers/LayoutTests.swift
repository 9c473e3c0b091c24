import TestSupport
import Testing

@testable import QuantCore

/// The types whose blocks can be changed number by number.
let codedTypes = TensorType.allCases.filter { $0.codedFormat != nil }

@Suite struct LayoutTests {
  private func grid(_ format: any CodedFormat.Type, _ block: [UInt8]) -> BlockGrid {
    var grid = BlockGrid(format, layout: format.layout)
    grid.load(block.span.bytes)
    return grid
  }

  private func values(_ grid: BlockGrid) -> [Float] {
    var values = [Float](repeating: .nan, count: grid.format.blockSize)
    grid.values(in: 0..<values.count, into: &values)
    return values
  }

  @Test func allBlocksOfWeightsAreCoded() {
    let operands: Set<TensorType> = [.q8_1, .q8K]
    #expect(Set(codedTypes) == Set(TensorType.allCases.filter(\.isQuantized)).subtracting(operands))
  }

  @Test(arguments: codedTypes)
  func codesComeBack(_ type: TensorType) throws {
    let format = try #require(type.codedFormat)
    var random = SeededRandom(seed: 31)
    let block = format.encode(random.gaussian(count: type.blockSize))
    var codes = BlockCodes(format.layout)
    format.load(&codes, from: block.span.bytes)
    var changed = block
    do {
      var span = changed.mutableSpan
      var raw = span.mutableBytes
      format.store(BlockCodes(format.layout), into: &raw)
    }
    #expect(changed != block)
    do {
      var span = changed.mutableSpan
      var raw = span.mutableBytes
      format.store(codes, into: &raw)
    }
    #expect(changed == block)
  }

  /// What the layout says of any block is what the format decodes.
  @Test(arguments: codedTypes)
  func layoutsAgreeWithDecoding(_ type: TensorType) throws {
    let format = try #require(type.codedFormat)
    var random = SeededRandom(seed: 33)
    for round in 0..<8 {
      var block = format.encode(random.gaussian(count: type.blockSize, scale: 0.5))
      if round > 0, [.q8_0, .tq1_0, .tq2_0, .mxfp4, .nvfp4].contains(type) == false {
        // Any codes and small numbers, with units that are numbers.
        for i in block.indices { block[i] = .random(in: .min ... .max, using: &random) }
        var span = block.mutableSpan
        var raw = span.mutableBytes
        format.layout.unit?.store(0x3C01, into: &raw)
        format.layout.minimumUnit?.store(0xB801, into: &raw)
      }
      let decoded = format.decode(block)
      let computed = values(grid(format, block))
      let largest = decoded.reduce(0) { max($0, abs($1)) }
      let wrong = zip(decoded, computed).enumerated().first { abs($1.0 - $1.1) > 1e-6 * largest }
      #expect(wrong == nil, "\(type), value \(wrong?.offset ?? -1), seed 33, round \(round)")
    }
  }

  @Test(arguments: codedTypes)
  func parametersScaleWhatTheySay(_ type: TensorType) throws {
    let format = try #require(type.codedFormat)
    var random = SeededRandom(seed: 35)
    let block = format.encode(random.gaussian(count: type.blockSize))
    for parameter in BlockGrid.parameters(of: format.layout, blockSize: type.blockSize) {
      var grid = grid(format, block)
      let before = values(grid)
      let code = grid.code(of: parameter)
      grid.set(parameter, to: parameter.codes?.first { $0 != code } ?? code ^ 0x0100)
      var bytes = block
      var span = bytes.mutableSpan
      var raw = span.mutableBytes
      grid.store(into: &raw, at: 0)
      let after = format.decode(bytes)
      for i in 0..<type.blockSize where !parameter.range.contains(i) {
        #expect(abs(before[i] - after[i]) <= 1e-5, "\(type), value \(i)")
      }
      let largest = after.reduce(0) { max($0, abs($1)) }
      #expect(zip(values(grid), after).allSatisfy { abs($0 - $1) <= 1e-6 * largest }, "\(type)")
    }
  }

  @Test func levelsAreFound() {
    let even = LevelTable(-4...3)
    #expect(
      [-9, -3.6, -0.4, 0.6, 2.9, 8].map { even.levels[even.nearest($0)] } == [-4, -4, 0, 1, 3, 3])
    let uneven = LevelTable([0, 1, 4, -8, 0])
    #expect(uneven.levels == [-8, 0, 1, 4] && uneven.codes == [3, 0, 1, 2])
    #expect([-5, -3, 0.4, 2.4, 2.6].map { uneven.levels[uneven.nearest($0)] } == [-8, 0, 0, 1, 4])
    #expect(uneven.levels[uneven.place(ofCode: 4)] == 0)
  }

  @Test func fieldsCrossBytes() {
    let field = BitField(byte: 1, bit: 6, width: 7).followed(by: BitField(byte: 0, width: 3))
    #expect(field.width == 10)
    var bytes: [UInt8] = [0xFF, 0xFF, 0xFF]
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    field.store(0b101_0110010, into: &raw)
    #expect(field.load(raw.bytes) == 0b101_0110010)
    #expect(bytes == [0b1111_1101, 0b1011_1111, 0b1110_1100])
  }
}
