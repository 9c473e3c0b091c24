import QuantCore
import TestSupport
import Testing

@Suite struct DynamicQuantizationTests {
  @Test(arguments: DynamicQuantization.Block.allCases)
  func codesFollowTheFormula(_ block: DynamicQuantization.Block) throws {
    let size = block.rawValue
    var random = SeededRandom(seed: 101)
    let values = random.gaussian(count: 3 * size)
    let result = try DynamicQuantization.quantize(values.span, in: block)
    #expect(result.scales.count == 3 && result.sums.count == 3 * size / 16)
    for b in 0..<3 {
      let part = values[size * b..<size * (b + 1)]
      let largest = part.map(abs).max() ?? 0
      #expect(result.scales[b] == largest / 127)
      for i in part.indices {
        #expect(result.codes[i] == Int8((values[i] * (127 / largest)).rounded(.toNearestOrEven)))
      }
    }
    for (g, sum) in result.sums.enumerated() {
      #expect(Int(sum) == result.codes[16 * g..<16 * g + 16].reduce(0) { $0 + Int($1) })
    }
    let stored = result.dequantized()
    let error = ErrorMetrics(original: values.span, stored: stored.span)
    #expect(error.normalizedSquaredError < 1e-4)
  }

  @Test func specialBlocks() throws {
    var values = [Float](repeating: 1, count: 4 * 32)
    values[5] = .nan
    values[40] = -.infinity
    for i in 64..<96 { values[i] = 0x1p-121 }
    let result = try DynamicQuantization.quantize(values.span, in: .q8_0)
    #expect(result.scales[0].isNaN && result.scales[1].isNaN)
    #expect(result.scales[2] == 0 && result.scales[3] == 1 / 127)
    #expect(result.codes[..<96].allSatisfy { $0 == 0 })
    #expect(result.codes[96...].allSatisfy { $0 == 127 })
  }

  @Test func sizesAreChecked() throws {
    let values = [Float](repeating: 1, count: 64)
    let empty: [Float] = []
    let nothing = try DynamicQuantization.quantize(empty.span, in: .q8K)
    #expect(nothing.codes.isEmpty)
    let error = #expect(throws: QuantError.self) {
      try DynamicQuantization.quantize(values.span, in: .q8K)
    }
    #expect(error?.code == .partialBlock)
    let mismatch = #expect(throws: QuantError.self) {
      try QuantizedActivations(block: .q8_0, codes: [1], scales: [], sums: [])
    }
    #expect(mismatch?.code == .sizeMismatch)
  }
}
