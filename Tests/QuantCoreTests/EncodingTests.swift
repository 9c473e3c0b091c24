import QuantCore
import TestSupport
import Testing

@Suite struct EncodingTests {
  /// The normalized error that a format may have on normal values, by the bits of a value.
  private func bound(_ type: TensorType) -> Double {
    switch type {
    case .f32, .f64: 0
    case .f16, .bf16: 1e-5
    case .tq1_0, .tq2_0: 1  // made for values that are ternary already
    case .mxfp4: 0.03
    default:
      switch type.bitsPerWeight {
      case 8...: 1e-4
      case 6.5...: 1e-3
      case 5.5...: 3e-3
      case 4...: 1.5e-2
      case 3...: 5e-2
      case 2...: 0.2
      default: 0.45
      }
    }
  }

  @Test(arguments: TensorType.allCases.filter { !integerTypes.contains($0) }, [UInt64(1), 2, 3])
  func roundTripStaysNear(_ type: TensorType, seed: UInt64) throws {
    let format = type.format
    var random = SeededRandom(seed: seed)
    for scale in [1, 1e-2, 100] as [Float] {
      let values = random.gaussian(count: latticeTypes.contains(type) ? 256 : 512, scale: scale)
      let stored = format.decode(format.encode(values))
      let error = ErrorMetrics(original: values.span, stored: stored.span)
      #expect(
        error.normalizedSquaredError <= bound(type), "\(type), seed \(seed), scale \(scale)")
    }
  }

  @Test(arguments: TensorType.allCases.filter(\.isQuantized))
  func storedBlocksSurviveASecondRound(_ type: TensorType) throws {
    let format = type.format
    var random = SeededRandom(seed: 7)
    let once = format.decode(format.encode(random.gaussian(count: 512)))
    let twice = format.decode(format.encode(once))
    let error = ErrorMetrics(original: once.span, stored: twice.span)
    // Values that the format holds exactly must come back almost exactly.
    let bound = latticeTypes.contains(type) || type == .q2K ? 2e-2 : 1e-3
    #expect(error.normalizedSquaredError < bound, "\(type): \(error.normalizedSquaredError)")
  }

  @Test(arguments: TensorType.allCases)
  func zerosAndEmptyInput(_ type: TensorType) throws {
    let format = type.format
    #expect(format.encode([]).isEmpty)
    #expect(format.decode([]).isEmpty)
    let zeros = [Float](repeating: 0, count: 256)
    #expect(format.decode(format.encode(zeros)) == zeros)
    let weights = [Float](repeating: 0, count: 256)
    #expect(format.decode(format.encode(zeros, importance: weights)) == zeros)
  }

  @Test(arguments: TensorType.allCases.filter(\.isQuantized))
  func constantsAreStoredWell(_ type: TensorType) throws {
    let format = type.format
    let isFloat4 = type == .mxfp4 || type == .nvfp4  // scales are coarse: 7.9 becomes 6
    let tolerance: Float = isFloat4 ? 0.26 : 0.02
    for value in [1, -1, 0.37, -250, isFloat4 ? 2e3 : 6e4, isFloat4 ? 0.1 : 1e-3] as [Float] {
      let stored = format.decode(format.encode([Float](repeating: value, count: 256)))
      #expect(stored.allSatisfy { abs($0 - value) <= abs(value) * tolerance }, "\(type) \(value)")
    }
  }

  @Test(arguments: [TensorType.q3K, .q4K, .q5K, .q6K, .q8K, .iq4NL, .iq4XS])
  func tinyValuesDoNotVanish(_ type: TensorType) throws {
    let format = type.format
    var random = SeededRandom(seed: 11)
    let values = random.gaussian(count: 256, scale: 1e-6)
    let stored = format.decode(format.encode(values))
    let error = ErrorMetrics(original: values.span, stored: stored.span)
    #expect(error.normalizedSquaredError < 0.2, "\(type): \(error.normalizedSquaredError)")
  }

  @Test(arguments: TensorType.allCases.filter(\.isQuantized))
  func unusableInputDoesNotTrap(_ type: TensorType) throws {
    let format = type.format
    let odd: [Float] = [
      .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
      .leastNonzeroMagnitude, -0.0, .signalingNaN, 1e30, 65504, 1e-38,
    ]
    let isSlow = latticeTypes.contains(type)
    for (index, value) in odd.enumerated() where !isSlow || [0, 1, 4, 5].contains(index) {
      for position in isSlow ? [31] : [0, 31, 255] {
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
      if abs(value) > 1e20 { #expect(all.allSatisfy { ($0 > 2e3) == (value > 0) }) }
    }
  }

  @Test(arguments: TensorType.allCases)
  func anyBytesDecode(_ type: TensorType) throws {
    let format = type.format
    var random = SeededRandom(seed: 13)
    for _ in 0..<50 {
      let bytes = (0..<2 * type.blockBytes).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      #expect(format.decode(bytes).count == 2 * type.blockSize)
    }
  }

  @Test(arguments: [TensorType.q4_0, .q5_1, .q2K, .q3K, .q4K, .q6K, .iq4NL, .iq4XS, .nvfp4])
  func importanceMovesTheError(_ type: TensorType) throws {
    let format = type.format
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

  @Test(arguments: integerTypes)
  func integersAreRoundedAndLimited(_ type: TensorType) throws {
    let format = type.format
    let small: [Float] = [0, 1, -1, 127, -128, 2.5, 3.5, -0.5, .nan]
    #expect(format.decode(format.encode(small)) == [0, 1, -1, 127, -128, 2, 4, 0, 0])
    let half = Float(sign: .plus, exponent: 8 * type.blockBytes - 1, significand: 1)
    let limited = format.decode(format.encode([.infinity, -.infinity, 1e30, -1e30]))
    #expect(limited[1] == -half && limited[3] == -half)
    #expect(limited[0] == limited[2] && abs(limited[0] - half) <= 1)
  }
}
