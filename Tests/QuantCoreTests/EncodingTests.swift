import QuantCore
import TestSupport
import Testing

@Suite struct EncodingTests {
  /// The normalized error that a format may have on normal values, by the bits of a value.
  private func bound(_ type: TensorType) -> Double {
    switch type {
    case .f32: 0
    case .f16, .bf16: 1e-5
    default: type.bitsPerWeight > 8 ? 1e-4 : type.bitsPerWeight > 6 ? 1e-3 : 1e-2
    }
  }

  @Test(arguments: codedTypes, [UInt64(1), 2, 3])
  func roundTripStaysNear(_ type: TensorType, seed: UInt64) throws {
    let format = try #require(type.format)
    var random = SeededRandom(seed: seed)
    for scale in [1, 1e-2, 100] as [Float] {
      let values = random.gaussian(count: 512, scale: scale)
      let stored = format.decode(format.encode(values))
      let error = ErrorMetrics(original: values.span, stored: stored.span)
      #expect(
        error.normalizedSquaredError <= bound(type), "\(type), seed \(seed), scale \(scale)")
    }
  }

  @Test(arguments: codedTypes.filter(\.isQuantized))
  func storedBlocksSurviveASecondRound(_ type: TensorType) throws {
    let format = try #require(type.format)
    var random = SeededRandom(seed: 7)
    let once = format.decode(format.encode(random.gaussian(count: 512)))
    let twice = format.decode(format.encode(once))
    let error = ErrorMetrics(original: once.span, stored: twice.span)
    // Values that the format holds exactly must come back almost exactly.
    #expect(error.normalizedSquaredError < 1e-3, "\(type): \(error.normalizedSquaredError)")
  }

  @Test(arguments: codedTypes)
  func zerosAndEmptyInput(_ type: TensorType) throws {
    let format = try #require(type.format)
    #expect(format.encode([]).isEmpty)
    #expect(format.decode([]).isEmpty)
    let zeros = [Float](repeating: 0, count: 256)
    #expect(format.decode(format.encode(zeros)) == zeros)
    let weights = [Float](repeating: 0, count: 256)
    #expect(format.decode(format.encode(zeros, importance: weights)) == zeros)
  }

  @Test(arguments: codedTypes.filter(\.isQuantized))
  func constantsAreStoredWell(_ type: TensorType) throws {
    let format = try #require(type.format)
    for value in [1, -1, 0.37, -250, 6e4, 1e-3] as [Float] {
      let stored = format.decode(format.encode([Float](repeating: value, count: 256)))
      #expect(stored.allSatisfy { abs($0 - value) <= abs(value) * 0.01 }, "\(type) \(value)")
    }
  }

  @Test(arguments: codedTypes.filter(\.isQuantized))
  func tinyValuesDoNotVanish(_ type: TensorType) throws {
    guard type != .q8_0 else { return }  // its blocks are the same as every other encoder's
    let format = try #require(type.format)
    var random = SeededRandom(seed: 11)
    let values = random.gaussian(count: 256, scale: 1e-6)
    let stored = format.decode(format.encode(values))
    let error = ErrorMetrics(original: values.span, stored: stored.span)
    #expect(error.normalizedSquaredError < 0.2, "\(type): \(error.normalizedSquaredError)")
  }

  @Test(arguments: codedTypes.filter(\.isQuantized))
  func unusableInputDoesNotTrap(_ type: TensorType) throws {
    let format = try #require(type.format)
    let odd: [Float] = [
      .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
      .leastNonzeroMagnitude, -0.0, .signalingNaN, 1e30, 65504, 1e-38,
    ]
    for (index, value) in odd.enumerated() {
      for position in [0, 31, 255] {
        var values = [Float](repeating: 0.5, count: 256)
        values[position] = value
        var weights = [Float](repeating: 1, count: 256)
        weights[(position + index) % 256] = odd[odd.count - 1 - index]
        for importance in [nil, weights] {
          let stored = format.decode(format.encode(values, importance: importance))
          #expect(stored.allSatisfy { $0.isFinite }, "\(type), \(value) at \(position)")
        }
      }
      let all = format.decode(format.encode([Float](repeating: value, count: 256)))
      #expect(all.allSatisfy { $0.isFinite }, "\(type), \(value) throughout")
      if value.isNaN { #expect(all.allSatisfy { $0 == 0 }) }
      if abs(value) > 1e20 { #expect(all.allSatisfy { ($0 > 1e4) == (value > 0) }) }
    }
  }

  @Test(arguments: codedTypes)
  func anyBytesDecode(_ type: TensorType) throws {
    let format = try #require(type.format)
    var random = SeededRandom(seed: 13)
    for _ in 0..<50 {
      let bytes = (0..<2 * type.blockBytes).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      #expect(format.decode(bytes).count == 2 * type.blockSize)
    }
  }

  @Test(arguments: [TensorType.q4_0, .q4K, .q6K])
  func importanceMovesTheError(_ type: TensorType) throws {
    let format = try #require(type.format)
    var random = SeededRandom(seed: 17)
    let values = random.gaussian(count: 4 * 256)
    let weights = (0..<256).map { $0 % 4 == 0 ? Float(100) : 0.01 }
    let plain = format.decode(format.encode(values))
    let guided = format.decode(format.encode(values, importance: weights))
    let before = ErrorMetrics(
      original: values.span, stored: plain.span, weights: weights.span)
    let after = ErrorMetrics(
      original: values.span, stored: guided.span, weights: weights.span)
    #expect(after.meanSquaredError < before.meanSquaredError)
  }
}
