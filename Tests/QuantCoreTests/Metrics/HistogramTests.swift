import QuantCore
import TestSupport
import Testing

@Suite struct HistogramTests {
  @Test func errorsFallIntoBins() {
    var histogram = ErrorHistogram(bound: 1, bins: 4)
    #expect(histogram.total == 0)
    let original: [Float] = [0, 0, 0, 0, 0, 0, 0, 0]
    let stored: [Float] = [-1, -0.6, -0.5, 0, 0.49, 0.99, 1, -1.01]
    histogram.add(original: original.span, stored: stored.span)
    #expect(histogram.counts == [2, 1, 2, 1])
    #expect(histogram.below == 1 && histogram.above == 1 && histogram.notANumber == 0)
    let odd: [Float] = [.nan, 0]
    let other: [Float] = [0, .infinity]
    histogram.add(original: odd.span, stored: other.span)
    #expect(histogram.notANumber == 1 && histogram.above == 2 && histogram.total == 10)
    #expect(histogram.range(ofBin: 0) == -1..<(-0.5) && histogram.range(ofBin: 3) == 0.5..<1)
  }

  @Test func codesAreCounted() throws {
    // Levels -8, -7, ... 7, twice each.
    let values = (0..<32).map { Float($0 % 16 - 8) }
    var histogram = try CodeHistogram(type: .q4_0)
    #expect(histogram.entropy == 0 && histogram.total == 0)
    let levels = Q4_0.encode(values)
    try histogram.add(levels.span.bytes)
    #expect(histogram.levels == (-8...7).map { Float($0) })
    #expect(histogram.counts == [Int](repeating: 2, count: 16))
    #expect(abs(histogram.entropy - 4) < 1e-12 && histogram.usedCount == 16)
    let zeros = Q4_0.encode([Float](repeating: 0, count: 32))
    try histogram.add(zeros.span.bytes)
    #expect(histogram.counts[8] == 34 && histogram.total == 64)
    #expect(histogram.entropy < 4)
  }

  @Test(arguments: codedTypes)
  func everyBlockHasItsCodes(_ type: TensorType) throws {
    var random = SeededRandom(seed: 121)
    var histogram = try CodeHistogram(type: type)
    let block = type.format.encode(random.gaussian(count: type.blockSize))
    try histogram.add(block.span.bytes)
    #expect([type.blockSize, type.blockSize / 4, type.blockSize / 8].contains(histogram.total))
    #expect(histogram.usedCount > 1 && histogram.entropy > 0)
    let part = Array(block.dropLast())
    let error = #expect(throws: QuantError.self) { try histogram.add(part.span.bytes) }
    #expect(error?.code == .partialBlock)
  }

  @Test(arguments: [TensorType.f16, .i8, .q8_1, .q8K])
  func typesWithoutCodesAreRefused(_ type: TensorType) {
    let error = #expect(throws: QuantError.self) { try CodeHistogram(type: type) }
    #expect(error?.code == .unsupportedType)
  }
}
