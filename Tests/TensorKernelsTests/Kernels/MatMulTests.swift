import CTensorKernels
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

/// Tokens from `first` on, arranged as a set's kernel for a type wants them; nil where it does not.
func arranged(
  _ set: KernelSet, _ format: any PackedFormat.Type, _ tokens: TestTokens, first: Int, count: Int
) -> Aligned<UInt8>? {
  guard let arrangement = set.arrangement(format) else { return nil }
  let memory = Aligned<UInt8>(
    repeating: 0xEE, count: count * ((tokens.k + 255) / 256) * arrangement.row_bytes)
  var activations = tokens.activations(from: first)
  for token in 0..<count { arrangement.arrange(&activations, token, count, memory.pointer) }
  #expect(memory.isGuardIntact)
  return memory
}

/// Products of some tokens with some panels, [tokens][16 * panels].
func product(
  _ set: KernelSet, _ matrix: TestMatrix, _ tokens: TestTokens, _ tokenRange: Range<Int>,
  _ panelRange: Range<Int>, isArranged: Bool = false
) throws -> [Float] {
  let format = try #require(matrix.type.packedFormat)
  let rows =
    isArranged
    ? arranged(set, format, tokens, first: tokenRange.lowerBound, count: tokenRange.count) : nil
  let columns = 16 * panelRange.count
  let stride = columns + 16
  let out = Aligned<Float>(repeating: -1, count: tokenRange.count * stride)
  var activations = tokens.activations(from: tokenRange.lowerBound)
  activations.arranged = rows.map { UnsafeRawPointer($0.pointer) }
  set.matmul(format)(
    matrix.panels.pointer + panelRange.lowerBound * format.panelBytes(k: matrix.k),
    panelRange.count, &activations, tokenRange.count, out.pointer, stride)
  #expect(out.isGuardIntact)
  withExtendedLifetime(rows) {}
  let result = out.array
  return (0..<tokenRange.count).flatMap { token in
    #expect(result[token * stride + columns..<(token + 1) * stride].allSatisfy { $0 == -1 })
    return result[token * stride..<token * stride + columns]
  }
}

/// Every kernel set's products are those of the plain Swift set, bit for bit, however tokens and
/// panels are divided among calls.
@Suite struct MatMulTests {
  /// All but Q8_K, which is packed as halves, rounded.
  static let types: [TensorType] = TensorType.allCases.filter {
    $0.packedFormat != nil && $0 != .q8K
  }

  @Test func everyKernelHasAType() {
    let kernels = Set(Self.types.compactMap { $0.packedFormat?.kernel })
    #expect(kernels == Set(0..<Int(TK_WEIGHT_TYPE_COUNT)))
    #expect(TensorType.allCases.allSatisfy { !$0.isQuantized || $0.packedFormat != nil })
  }

  @Test(arguments: KernelSet.supported, types)
  func equalsScalar(set: KernelSet, type: TensorType) throws {
    let format = try #require(type.packedFormat)
    let lengths =
      switch format.blockSize {
      case 1: [1, 5, 31, 257, 600]
      case 32: [32, 96, 288, 544]
      case 64: [64, 320]
      default: [256, 768]
      }
    var random = SeededRandom(seed: 1)  // the seed of all inputs
    for k in lengths {
      let matrix = try TestMatrix(type, .random, rows: 75, k: k, using: &random)
      let tokens = TestTokens(format.activations, count: 33, k: k, using: &random)
      let expected = try product(.scalar, matrix, tokens, 0..<33, 0..<5)

      func check(_ tokenRange: Range<Int>, _ panels: Range<Int>) throws {
        let result = try product(set, matrix, tokens, tokenRange, panels)
        let part = tokenRange.flatMap { token in
          expected[80 * token + 16 * panels.lowerBound..<80 * token + 16 * panels.upperBound]
        }
        #expect(same(result, part), "k \(k), tokens \(tokenRange), panels \(panels)")
      }
      for count in [1, 2, 3, 4, 5, 7, 8, 9, 13] { try check(0..<count, 0..<3) }
      for panels in [0..<1, 1..<3, 2..<5, 0..<5] { try check(7..<8, panels) }
      try check(0..<33, 4..<5)
      try check(20..<26, 0..<5)
    }
  }

  /// More tokens and panels than a kernel takes at once, and runs of which the last is not whole.
  @Test(arguments: KernelSet.supported.filter { $0.name != "scalar" }, types)
  func equalsScalarWithManyTokensAndPanels(set: KernelSet, type: TensorType) throws {
    let format = try #require(type.packedFormat)
    let k = format.blockSize == 256 ? 512 : 384
    var random = SeededRandom(seed: 6)  // the seed of all inputs
    let matrix = try TestMatrix(type, .random, rows: 160, k: k, using: &random)
    // A whole group of arranged tokens, and the beginning of the next one.
    let count = ArrangedRows.groupRows + 13
    let tokens = TestTokens(format.activations, count: count, k: k, using: &random)
    let many = try product(set, matrix, tokens, 0..<count, 0..<10)
    for (token, panel) in [(0, 0), (63, 7), (64, 8), (66, 9), (127, 8), (count - 1, 3)] {
      let one = try product(.scalar, matrix, tokens, token..<token + 1, panel..<panel + 1)
      let first = 160 * token + 16 * panel
      #expect(same(Array(many[first..<first + 16]), one), "\(token), \(panel)")
    }
    for range in [0..<count, 2..<18, 0..<67] {
      let result = try product(set, matrix, tokens, range, 0..<10, isArranged: true)
      let expected = many[160 * range.lowerBound..<160 * range.upperBound]
      #expect(same(result, Array(expected)), "arranged \(range)")
    }
  }

  @Test(arguments: KernelSet.supported, types)
  func equalsScalarAtExtremes(set: KernelSet, type: TensorType) throws {
    let format = try #require(type.packedFormat)
    let k = max(format.blockSize, 64)
    var random = SeededRandom(seed: 2)  // the seed of all inputs
    for fill in Fill.allCases {
      let matrix = try TestMatrix(type, fill, rows: 32, k: k, using: &random)
      let tokens = TestTokens(format.activations, count: 9, k: k, extreme: true, using: &random)
      let expected = try product(.scalar, matrix, tokens, 0..<9, 0..<2)
      let many = try product(set, matrix, tokens, 0..<9, 0..<2)
      #expect(same(many, expected), "\(fill)")
      for token in 0..<9 {
        let one = try product(set, matrix, tokens, token..<token + 1, 0..<2)
        #expect(same(one, Array(expected[32 * token..<32 * token + 32])), "\(fill), \(token)")
      }
    }
  }

  /// The plain Swift set against a sum in double precision of QuantCore's decoded weights times
  /// the tokens' values.
  @Test(arguments: types)
  func scalarIsAccurate(type: TensorType) throws {
    let format = try #require(type.packedFormat)
    let k = format.blockSize == 1 ? 300 : 512
    var random = SeededRandom(seed: 3)
    let matrix = try TestMatrix(type, .random, rows: 21, k: k, using: &random)
    let tokens = TestTokens(format.activations, count: 3, k: k, using: &random)
    let result = try product(.scalar, matrix, tokens, 0..<3, 0..<2)
    for row in 0..<32 {
      let weights = row < 21 ? try matrix.decoded(row: row) : [Float](repeating: 0, count: k)
      for token in 0..<3 {
        var sum = 0.0
        var squares = (weights: 0.0, values: 0.0)
        for i in 0..<k {
          let (weight, value) = (Double(weights[i]), tokens.value(token, i, for: type))
          sum += weight * value
          squares.weights += weight * weight
          squares.values += value * value
        }
        // One rounding per element (or block) is far below this; a wrong code far above.
        let tolerance = 4e-6 * (squares.weights * squares.values).squareRoot()
        #expect(abs(Double(result[32 * token + row]) - sum) <= tolerance, "\(row), \(token)")
      }
    }
  }

  /// Where instructions for bfloat16s take subnormal numbers for zeros, results must not tell.
  @Test(arguments: KernelSet.supported)
  func bfloat16sOfAllMagnitudes(set: KernelSet) throws {
    var random = SeededRandom(seed: 7)
    let (rows, k, count) = (32, 65, 19)
    func value() -> Float {
      let bits = UInt32(truncatingIfNeeded: random.next())
      return Float(bitPattern: bits & 0x807F_FFFF | (bits >> 8 & 0x7F) << 23)  // below 2
    }
    let weights = (0..<rows * k).map { _ in value() }
    let bytes = weights.flatMap { value in
      let bits = BFloat16.bits(value)
      return [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
    }
    let matrix = try TestMatrix(.bf16, bytes: bytes, rows: rows, k: k)
    let tokens = TestTokens(values: (0..<count * (k + 3)).map { _ in value() }, count: count, k: k)
    let expected = try product(.scalar, matrix, tokens, 0..<count, 0..<2)
    #expect(expected.contains { $0 != 0 } && expected.allSatisfy { !$0.isSubnormal })
    for range in [0..<count, 0..<1, 3..<5, 2..<9] {
      let result = try product(set, matrix, tokens, range, 0..<2)
      #expect(same(result, Array(expected[32 * range.lowerBound..<32 * range.upperBound])))
    }
  }
}
