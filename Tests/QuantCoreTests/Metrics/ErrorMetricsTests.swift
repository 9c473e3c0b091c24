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

  @Test func ratiosAndAngles() {
    let original: [Float] = [3, 4]
    let stored: [Float] = [4, 3]
    let metrics = ErrorMetrics(original: original.span, stored: stored.span)
    #expect(metrics.cosineSimilarity == 24.0 / 25)
    #expect(abs(metrics.signalToNoise - 10.969_100_130_080_564) < 1e-12)  // 10 log10(25 / 2)
    let weights: [Float] = [1, 0]
    let weighted = ErrorMetrics(
      original: original.span, stored: stored.span, weights: weights.span)
    #expect(weighted.cosineSimilarity == 1 && weighted.meanSquaredError == 1)
  }

  @Test func emptyAndZeroInputsAreDefined() {
    let none = ErrorMetrics()
    #expect(none.signalToNoise == .infinity && none.cosineSimilarity == 1)
    let zeros: [Float] = [0, 0]
    let same = ErrorMetrics(original: zeros.span, stored: zeros.span)
    #expect(same.signalToNoise == .infinity && same.cosineSimilarity == 1)
    let ones: [Float] = [1, 1]
    let noise = ErrorMetrics(original: zeros.span, stored: ones.span)
    #expect(noise.signalToNoise == -.infinity && noise.cosineSimilarity == 0)
    #expect(noise.normalizedSquaredError == .infinity)
    let lost = ErrorMetrics(original: ones.span, stored: zeros.span)
    #expect(lost.signalToNoise == 0 && lost.cosineSimilarity == 0)
  }
}
