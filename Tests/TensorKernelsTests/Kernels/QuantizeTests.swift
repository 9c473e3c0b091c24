import CTensorKernels
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct QuantizeTests {
  struct Codes {
    let codes: [Int8]
    let scales: [Float]
    let sums: [Int16]
  }

  static func quantize(_ set: KernelSet, _ values: [Float], block: Int) -> Codes {
    let x = Aligned(values)
    let codes = Aligned<Int8>(repeating: 99, count: values.count)
    let scales = Aligned<Float>(repeating: 99, count: values.count / block)
    let sums = Aligned<Int16>(repeating: 99, count: values.count / 16)
    let function = block == 32 ? set.table.pointee.quantize32 : set.table.pointee.quantize256
    function(x.pointer, values.count, codes.pointer, scales.pointer, sums.pointer)
    #expect(codes.isGuardIntact && scales.isGuardIntact && sums.isGuardIntact)
    return Codes(codes: codes.array, scales: scales.array, sums: sums.array)
  }

  /// Blocks of every kind that is special.
  static func inputs(block: Int) -> [Float] {
    var random = SeededRandom(seed: 5)
    var values = [Float]()
    for scale: Float in [1, 1e-30, 1e30, 0, 1e-38, 0x1p-145, 0x1p-120, 0x1.fffffep-121, 3e38] {
      values += random.gaussian(count: block, scale: min(scale, 1e37))
      values[values.count - 1] = scale
    }
    for special in [Float.nan, .infinity, -.infinity] {
      values += random.gaussian(count: block)
      values[values.count - block / 2] = special
    }
    // As near to halfway between codes as floats get: every rounding on the way counts.
    for _ in 0..<(8192 / block) {
      let largest = Float.random(in: 0.5...2, using: &random)
      values += (0..<block).map { _ in
        (Float(Int.random(in: -127..<127, using: &random)) + 0.5) / 127 * largest
      }
      values[values.count - 1] = largest
    }
    // Ties: 127 steps, so that every half is halfway between two codes.
    values += (0..<block).map { Float($0 % 250 - 125) + 0.5 }
    values[values.count - 1] = -127
    return values
  }

  @Test(arguments: KernelSet.supported, [32, 256])
  func equalsScalar(set: KernelSet, block: Int) {
    let values = Self.inputs(block: block)
    let result = Self.quantize(set, values, block: block)
    let expected = Self.quantize(.scalar, values, block: block)
    #expect(result.codes == expected.codes)
    #expect(same(result.scales, expected.scales))
    #expect(result.sums == expected.sums)
  }

  @Test(arguments: [32, 256])
  func definition(block: Int) {
    let values = Self.inputs(block: block)
    let result = Self.quantize(.scalar, values, block: block)
    for start in stride(from: 0, to: values.count, by: block) {
      let part = values[start..<start + block]
      let codes = result.codes[start..<start + block]
      let scale = result.scales[start / block]
      guard part.allSatisfy(\.isFinite) else {
        #expect(scale.isNaN && codes.allSatisfy { $0 == 0 })
        continue
      }
      let largest = part.map(abs).max() ?? 0
      if largest < 0x1p-120 {
        #expect(scale == 0 && codes.allSatisfy { $0 == 0 })
        continue
      }
      #expect(scale == largest / 127)
      for (value, code) in zip(part, codes) {
        #expect(abs(Double(value) / Double(scale) - Double(code)) <= 0.50002)
        #expect(abs(Int(code)) <= 127)
      }
    }
    for i in 0..<result.sums.count {
      #expect(Int(result.sums[i]) == result.codes[16 * i..<16 * i + 16].reduce(0) { $0 + Int($1) })
    }
  }

  @Test func tiesGoToEven() {
    let result = Self.quantize(.scalar, Self.inputs(block: 256), block: 256)
    #expect(Array(result.codes.suffix(256).prefix(4)) == [-124, -124, -122, -122])
  }
}
