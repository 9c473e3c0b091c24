import QuantCore
import TestSupport
import Testing

@Suite struct AffineInt8Tests {
  @Test func asymmetricCodesFollowTheFormula() throws {
    let values: [Float] = [-1, 0, 0.5, 4.1]
    let tensor = try AffineInt8Quantizer(granularity: .tensor, isSymmetric: false)
      .quantize(values.span, name: "w", shape: [4])
    // S = 5.1 / 255 = 0.02; Z = -128 + 1 / 0.02 = -78.
    #expect(abs(tensor.scales[0] - 0.02) < 1e-8)
    #expect(tensor.zeroPoints == [-78])
    #expect(tensor.codes == [-128, -78, -53, 127])
    #expect(tensor.dequantized()[1] == 0)
    #expect(tensor.byteCount == 4 + 5)
  }

  @Test func symmetricCodesFollowTheFormula() throws {
    let values: [Float] = [-1, 0, 0.5, 2.54]
    let tensor = try AffineInt8Quantizer(granularity: .tensor)
      .quantize(values.span, name: "w", shape: [4])
    #expect(tensor.scales == [2.54 / 127] && tensor.zeroPoints == [0])
    #expect(tensor.codes == [-50, 0, 25, 127])
    #expect(tensor.byteCount == 4 + 4 && tensor.bitsPerWeight == 16)
  }

  @Test(arguments: [true, false], [Float(1), 1e-30, 1e30, 3e38])
  func valuesAreWithinHalfAStep(isSymmetric: Bool, scale: Float) throws {
    var random = SeededRandom(seed: 91)
    let values = (0..<200).map { _ in scale * Float.random(in: -0.3...1, using: &random) }
    let tensor = try AffineInt8Quantizer(granularity: .group(64), isSymmetric: isSymmetric)
      .quantize(values.span, name: "w", shape: [100, 2])
    #expect(tensor.scales.count == 4)
    let steps = [Int](repeating: 0, count: 64) + [Int](repeating: 1, count: 36)
    for (i, stored) in tensor.dequantized().enumerated() {
      let step = tensor.scales[i / 100 * 2 + steps[i % 100]]
      // A zero point is rounded too: at the ends that may cost another half step.
      let bound = isSymmetric ? 0.5001 : 1.0001
      #expect(Double(abs(stored - values[i])) <= bound * Double(step), "value \(i), seed 91")
    }
  }

  @Test func finerGroupsAreNearer() throws {
    var random = SeededRandom(seed: 93)
    let values = (0..<4).flatMap { random.gaussian(count: 64, scale: Float(1 + 5 * $0)) }
    let errors = try [Granularity.tensor, .row, .group(16)].map { granularity in
      let tensor = try AffineInt8Quantizer(granularity: granularity)
        .quantize(values.span, name: "w", shape: [64, 4])
      let stored = tensor.dequantized()
      return ErrorMetrics(original: values.span, stored: stored.span).meanSquaredError
    }
    #expect(errors[0] > errors[1] && errors[1] > errors[2])
  }

  @Test(arguments: [true, false])
  func oneSidedAndEmptyRanges(isSymmetric: Bool) throws {
    let quantizer = AffineInt8Quantizer(granularity: .row, isSymmetric: isSymmetric)
    let values: [Float] = [0, 0, 5, 5, -3, -1]
    let tensor = try quantizer.quantize(values.span, name: "w", shape: [2, 3])
    let stored = tensor.dequantized()
    #expect(stored[..<2] == [0, 0])
    for i in 2..<6 { #expect(abs(stored[i] - values[i]) < 0.02) }
    #expect(tensor.scales[0] == 0)
  }

  @Test func asAQuantizerItStoresFloats() throws {
    var random = SeededRandom(seed: 95)
    let values = random.gaussian(count: 64)
    let quantizer = AffineInt8Quantizer()
    let stored = F32.decode(try encode(values, columns: 32, as: .f32, with: quantizer))
    let tensor = try quantizer.quantize(values.span, name: "w", shape: [32, 2])
    #expect(stored == tensor.dequantized())
    #expect(!quantizer.supports(.q8_0) && !AffineInt8Quantizer(granularity: .tensor).supports(.f32))
    let error = #expect(throws: QuantError.self) {
      try encode(values, columns: 32, as: .q8_0, with: quantizer)
    }
    #expect(error?.code == .unsupportedType)
    let infinite: [Float] = [.infinity]
    let number = #expect(throws: QuantError.self) {
      try quantizer.quantize(infinite.span, name: "w", shape: [1])
    }
    #expect(number?.code == .notFinite)
  }
}
