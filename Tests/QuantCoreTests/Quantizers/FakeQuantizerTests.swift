import QuantCore
import TestSupport
import Testing

@Suite struct FakeQuantizerTests {
  @Test(arguments: [TensorType.q4_0, .q8_0, .q5_1, .mxfp4, .q8_1, .f16, .f32])
  func forwardIsWhatAFileHolds(_ type: TensorType) throws {
    var random = SeededRandom(seed: 111)
    let values = random.gaussian(count: 128)
    let rounded = try FakeQuantizer(type: type).forward(values.span, columns: 64)
    #expect(rounded.values == type.format.decode(type.format.encode(values)))
  }

  @Test func whatIsClippedHasNoGradient() throws {
    // The scale is -1 / 8: of the levels from 1 down to -0.875, -0.93 is within half a step of the
    // last, and -1 is not.
    var values = [Float](repeating: 0.25, count: 32)
    values[0] = 1
    values[1] = -1
    values[2] = -0.93
    let rounded = try FakeQuantizer(type: .q4_0).forward(values.span, columns: 32)
    #expect(rounded.values[0] == 1 && rounded.values[1] == -0.875)
    #expect(rounded.isClipped.indices.filter { rounded.isClipped[$0] } == [1])
    let gradient = (0..<32).map { Float($0 + 1) }
    let back = rounded.backward(gradient.span)
    #expect(back[1] == 0)
    #expect(back.indices.allSatisfy { $0 == 1 || back[$0] == gradient[$0] })
  }

  @Test func halvesClipWhatTheyMakeInfinite() throws {
    let values: [Float] = [1, 65504, 7e4]
    let rounded = try FakeQuantizer(type: .f16).forward(values.span, columns: 3)
    #expect(rounded.isClipped == [false, false, true])
  }

  @Test func pointsClipBeyondTheLargestCoordinate() throws {
    var random = SeededRandom(seed: 113)
    var values = random.gaussian(count: 256)
    // One value that does not matter, far beyond the others.
    values[7] = 40
    var weights = [Float](repeating: 1, count: 256)
    weights[7] = 0
    let rounded = try FakeQuantizer(type: .iq2S)
      .forward(values.span, columns: 256, importance: weights.span)
    #expect(rounded.isClipped[7])
    #expect(rounded.isClipped.count { $0 } < 16)
  }

  @Test func zerosAreNotClipped() throws {
    let zeros = [Float](repeating: 0, count: 256)
    for type in [TensorType.q4_0, .q4K, .tq2_0, .iq4NL] {
      let rounded = try FakeQuantizer(type: type).forward(zeros.span, columns: 256)
      #expect(!rounded.isClipped.contains(true), "\(type)")
    }
  }

  @Test func wrongSizesAreRefused() {
    let values = [Float](repeating: 1, count: 64)
    func code(_ type: TensorType, columns: Int, _ quantizer: any Quantizer) -> QuantError.Code? {
      #expect(throws: QuantError.self) {
        try FakeQuantizer(type: type, quantizer: quantizer).forward(values.span, columns: columns)
      }?.code
    }
    #expect(code(.q4_0, columns: 48, FormatQuantizer()) == .sizeMismatch)
    #expect(code(.q4_0, columns: 0, FormatQuantizer()) == .sizeMismatch)
    #expect(code(.q4_0, columns: 16, FormatQuantizer()) == .partialBlock)
    #expect(code(.q4_0, columns: 64, AffineInt8Quantizer()) == .unsupportedType)
  }

  /// A linear regression, y = w · x, with 32 weights of 4 bits. Rounding the best weights is not the
  /// best that rounded weights can do: trained with the rounding in the loop they do better.
  @Test(arguments: [UInt64(1), 2, 3])
  func trainingWithRoundingBeatsRoundingAfterwards(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let (count, columns) = (96, 32)
    let mixing = random.gaussian(count: 4 * columns)
    let inputs = (0..<count).map { _ -> [Float] in
      let hidden = random.gaussian(count: 4)
      let noise = random.gaussian(count: columns, scale: 0.2)
      return (0..<columns).map { i in
        (0..<4).reduce(noise[i]) { $0 + hidden[$1] * mixing[$1 * columns + i] }
      }
    }
    let truth = random.gaussian(count: columns)
    func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let outputs = inputs.map { dot($0, truth) }
    func loss(_ weights: [Float]) -> Float {
      zip(inputs, outputs).reduce(0) { sum, sample in
        let error = dot(sample.0, weights) - sample.1
        return sum + error * error / Float(count)
      }
    }
    let fake = FakeQuantizer(type: .q4_0)
    let afterwards = loss(try fake.forward(truth.span, columns: columns).values)

    var weights = truth
    var best = afterwards
    for step in 0..<60 {
      let rounded = try fake.forward(weights.span, columns: columns)
      var gradient = [Float](repeating: 0, count: columns)
      for (input, output) in zip(inputs, outputs) {
        let error = 2 * (dot(input, rounded.values) - output) / Float(count)
        for i in 0..<columns { gradient[i] += error * input[i] }
      }
      let rate: Float = 0.01 / Float(1 + step / 20)
      for (i, slope) in rounded.backward(gradient.span).enumerated() {
        weights[i] -= rate * slope
      }
      best = min(best, loss(try fake.forward(weights.span, columns: columns).values))
    }
    #expect(best < 0.6 * afterwards, "seed \(seed): \(best), \(afterwards) without training")
  }
}
