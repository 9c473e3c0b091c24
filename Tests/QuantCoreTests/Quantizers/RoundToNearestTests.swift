import QuantCore
import TestSupport
import Testing

/// Encodes rows with a quantizer.
func encode(
  _ values: [Float], columns: Int, as type: TensorType, with quantizer: any Quantizer,
  importance: [Float]? = nil, name: String = "w"
) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: try type.byteCount(elements: values.count))
  var span = bytes.mutableSpan
  var blocks = span.mutableBytes
  let rows = TensorRows(
    tensor: name, type: type, columns: columns, firstRow: 0, count: values.count / columns)
  if let importance {
    try quantizer.encode(values.span, of: rows, importance: importance.span, into: &blocks)
  } else {
    try quantizer.encode(values.span, of: rows, importance: nil, into: &blocks)
  }
  return bytes
}

@Suite struct RoundToNearestTests {
  private static let types = TensorType.allCases.filter(RoundToNearestQuantizer().supports)

  @Test func typesWithLevelsAreSupported() {
    let without: Set<TensorType> = [
      .iq1S, .iq1M, .iq2XXS, .iq2XS, .iq2S, .iq3XXS, .iq3S, .q8_1, .q8K,
    ]
    #expect(Set(Self.types) == Set(TensorType.allCases).subtracting(without))
    let error = #expect(throws: QuantError.self) {
      try encode(
        [Float](repeating: 1, count: 256), columns: 256, as: .iq2XS,
        with: RoundToNearestQuantizer())
    }
    #expect(error?.code == .unsupportedType)
  }

  @Test(arguments: types.filter(\.isQuantized))
  func isNotMuchWorseThanASearch(_ type: TensorType) throws {
    var random = SeededRandom(seed: 41)
    let values = random.gaussian(count: 1024)
    let rounded = type.format.decode(
      try encode(values, columns: 512, as: type, with: RoundToNearestQuantizer()))
    let searched = type.format.decode(type.format.encode(values))
    let error = ErrorMetrics(original: values.span, stored: rounded.span)
    let least = ErrorMetrics(original: values.span, stored: searched.span)
    // Two levels or three do not suit scales from the extremes.
    let bound = [.q1_0, .q2_0].contains(type) ? 4.0 : type == .q2K ? 1.6 : 1.45
    #expect(
      error.rootMeanSquaredError <= bound * least.rootMeanSquaredError,
      "\(type): \(error.rootMeanSquaredError / least.rootMeanSquaredError)")
  }

  @Test func levelsAreTheNearestOnes() throws {
    var random = SeededRandom(seed: 43)
    let values = random.gaussian(count: 64)
    let bytes = try encode(values, columns: 64, as: .q4_0, with: RoundToNearestQuantizer())
    let stored = Q4_0.decode(bytes)
    for block in 0..<2 {
      let d = HalfPrecision.float(UInt16(bytes[18 * block]) | UInt16(bytes[18 * block + 1]) << 8)
      let part = values[32 * block..<32 * block + 32]
      #expect(abs(abs(d) - part.map(abs).max()! / 8) < 1e-3)
      for i in part.indices {
        let nearest = (-8...7).map { d * Float($0) }.min {
          abs($0 - values[i]) < abs($1 - values[i])
        }
        #expect(stored[i] == nearest)
      }
    }
  }

  @Test(arguments: types.filter(\.isQuantized))
  func zerosStayZero(_ type: TensorType) throws {
    let zeros = [Float](repeating: 0, count: 256)
    let bytes = try encode(zeros, columns: 256, as: type, with: RoundToNearestQuantizer())
    #expect(type.format.decode(bytes).allSatisfy { $0 == 0 })
  }

  @Test func whatIsNoNumberIsRefused() {
    let error = #expect(throws: QuantError.self) {
      try encode(
        [Float](repeating: .nan, count: 32), columns: 32, as: .q4_0,
        with: RoundToNearestQuantizer())
    }
    #expect(error?.code == .notFinite)
  }
}
