import TestSupport
import Testing

@testable import QuantCore

@Suite struct ClusteringTests {
  /// The least cost of any cut of sorted points into `count` runs, by trying all of them.
  private func leastCost(_ points: [LineClusters.Point], count: Int) -> Double {
    let sorted = points.sorted { $0.value < $1.value }
    func cost(_ run: ArraySlice<LineClusters.Point>) -> Double {
      let weight = run.reduce(0) { $0 + $1.weight }
      let mean = run.reduce(0) { $0 + $1.weight * $1.value } / weight
      return run.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) }
    }
    func least(from start: Int, count: Int) -> Double {
      if count == 1 { return cost(sorted[start...]) }
      return (start + 1...sorted.count - count + 1).map {
        cost(sorted[start..<$0]) + least(from: $0, count: count - 1)
      }.min() ?? .infinity
    }
    return least(from: 0, count: count)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func clustersAreTheBest(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let weights = random.gaussian(count: 11).map { Double(abs($0)) + 0.1 }
    let points = zip(random.gaussian(count: 11), weights).map {
      LineClusters.Point(value: Double($0) + 1000, weight: $1)
    }
    for count in 1...4 {
      let centres = LineClusters.centres(of: points, count: count)
      #expect(centres == centres.sorted() && centres.count == count)
      let cost = points.reduce(0.0) { sum, point in
        sum + point.weight * (centres.map { ($0 - point.value) * ($0 - point.value) }.min() ?? 0)
      }
      let least = leastCost(points, count: count)
      #expect(abs(cost - least) < 1e-6, "seed \(seed), \(count) clusters: \(cost), not \(least)")
    }
  }

  @Test func fewValuesAreKept() throws {
    let values: [Float] = [1, -2, 0.5, 1, 1, -2, 0.5, 3]
    let tensor = try ClusteredQuantizer(clusterCount: 5, granularity: .tensor)
      .quantize(values.span, name: "w", shape: [4, 2])
    #expect(tensor.codeBits == 3 && tensor.centroids.count == 5)
    #expect(tensor.decoded() == values)
    #expect(tensor.byteCount == 3 + 10)
    #expect(tensor.bitsPerWeight == 13)
    #expect(try tensor.tensor().decoded() == values)
  }

  @Test(arguments: [1, 2, 3, 16, 100, 256])
  func codesArePacked(clusters: Int) throws {
    var random = SeededRandom(seed: 81)
    let values = random.gaussian(count: 300)
    let tensor = try ClusteredQuantizer(clusterCount: clusters, granularity: .tensor)
      .quantize(values.span, name: "w", shape: [300])
    let bits = [1: 1, 2: 1, 3: 2, 16: 4, 100: 7, 256: 8][clusters]
    #expect(tensor.codeBits == bits)
    #expect(tensor.codes.count == (300 * tensor.codeBits + 7) / 8)
    let levels = tensor.centroids.map { HalfPrecision.float($0) }
    for (value, stored) in zip(values, tensor.decoded()) {
      let nearest = levels.map { abs($0 - value) }.min()
      #expect(abs(stored - value) == nearest)
    }
  }

  @Test func groupsHaveTheirOwn() throws {
    var random = SeededRandom(seed: 83)
    let values = (0..<4).flatMap { random.gaussian(count: 100, scale: Float(1 + 10 * $0)) }
    var errors: [Double] = []
    for (granularity, groups) in [
      (Granularity.tensor, 1), (.row, 4), (.group(30), 16), (.group(1000), 4),
    ] {
      let tensor = try ClusteredQuantizer(clusterCount: 4, granularity: granularity)
        .quantize(values.span, name: "w", shape: [100, 4])
      #expect(tensor.centroids.count == 4 * groups)
      let stored = tensor.decoded()
      errors.append(ErrorMetrics(original: values.span, stored: stored.span).meanSquaredError)
    }
    #expect(errors[0] > errors[1] && errors[1] > errors[2] && errors[3] == errors[1])
  }

  @Test func importanceMovesCentroids() throws {
    let values: [Float] = [0, 1, 2, 10]
    let weights: [Float] = [0, 100, 0, 100]
    let tensor = try ClusteredQuantizer(clusterCount: 2, granularity: .tensor)
      .quantize(values.span, name: "w", shape: [4], importance: weights.span)
    #expect(tensor.decoded() == [1, 1, 1, 10])
    let none = [Float](repeating: 0, count: 4)
    let plain = try ClusteredQuantizer(clusterCount: 2, granularity: .tensor)
      .quantize(values.span, name: "w", shape: [4], importance: none.span)
    #expect(plain.decoded() == [1, 1, 1, 10])
  }

  @Test func asAQuantizerItStoresFloats() throws {
    var random = SeededRandom(seed: 85)
    let values = random.gaussian(count: 128)
    let quantizer = try ClusteredQuantizer(clusterCount: 8, granularity: .group(32))
    let stored = F32.decode(try encode(values, columns: 64, as: .f32, with: quantizer))
    let tensor = try quantizer.quantize(values.span, name: "w", shape: [64, 2])
    #expect(stored == tensor.decoded())
    #expect(Set(stored[..<32]).count == 8)
    #expect(!quantizer.supports(.q4_0))
    #expect(!(try ClusteredQuantizer(granularity: .tensor)).supports(.f32))
    #expect(throws: QuantError.self) {
      try encode(values, columns: 64, as: .q4_0, with: quantizer)
    }
  }

  @Test func wrongSizesAreRefused() throws {
    #expect(throws: QuantError.self) { try ClusteredQuantizer(clusterCount: 0) }
    #expect(throws: QuantError.self) { try ClusteredQuantizer(clusterCount: 257) }
    let quantizer = try ClusteredQuantizer(granularity: .group(0))
    let values: [Float] = [1, 2, 3, 4]
    func code(_ body: () throws -> ClusteredTensor) -> QuantError.Code? {
      #expect(throws: QuantError.self) { _ = try body() }?.code
    }
    #expect(code { try quantizer.quantize(values.span, name: "w", shape: [4]) } == .invalidShape)
    let rows = try ClusteredQuantizer()
    #expect(code { try rows.quantize(values.span, name: "w", shape: [3]) } == .sizeMismatch)
    #expect(code { try rows.quantize(values.span, name: "w", shape: [-4]) } == .invalidShape)
    #expect(
      code {
        try rows.quantize(values.span, name: "w", shape: [2, 2], importance: values.span)
      } == .sizeMismatch)
    let odd: [Float] = [1, .nan]
    #expect(code { try rows.quantize(odd.span, name: "w", shape: [2]) } == .notFinite)
  }
}
