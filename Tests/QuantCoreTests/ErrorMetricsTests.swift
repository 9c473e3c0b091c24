import QuantCore
import Testing

@Suite struct ErrorMetricsTests {
  @Test func measuresDifferences() {
    let original: [Float] = [1, 2, 3, 4]
    let stored: [Float] = [1, 2, 3, 2]
    let metrics = ErrorMetrics(original: original.span, stored: stored.span)
    #expect(metrics.count == 4)
    #expect(metrics.meanSquaredError == 1)
    #expect(metrics.rootMeanSquaredError == 1)
    #expect(metrics.maximumError == 2)
    #expect(metrics.normalizedSquaredError == 4.0 / 30)
  }

  @Test func weightsRepeatForEachRow() {
    let original: [Float] = [1, 2, 3, 4]
    let stored: [Float] = [0, 2, 0, 4]
    let weights: [Float] = [0, 5]
    let metrics = ErrorMetrics(
      original: original.span, stored: stored.span, weights: weights.span)
    #expect(metrics.meanSquaredError == 0)
    #expect(metrics.totalWeight == 10)
    #expect(metrics.maximumError == 3)
  }

  @Test func nothingComparedIsNoError() {
    #expect(ErrorMetrics().meanSquaredError == 0)
    #expect(ErrorMetrics().normalizedSquaredError == 0)
  }
}
