import CTensorKernels
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

/// Every fast codec gives the bits of its type's plain Swift format.
struct CodecTests {
  /// A type and a kernel set with a codec of it.
  struct Case: CustomTestStringConvertible, Sendable {
    var type: TensorType
    var kernels: KernelSet
    var testDescription: String { "\(type.name), \(kernels.name)" }
  }

  static let decoders = cases { $0.decode != nil }
  static let encoders = cases { $0.encode != nil }

  @Test(arguments: decoders) func decodesAnyBytes(_ test: Case) {
    var random = SeededRandom(seed: 7)
    // Awkward lengths: a few values of the plain types, one block and some of the others.
    for count in [1, 3, 37] {
      let blocks = (0..<count * test.type.blockBytes).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let values = [Float](repeating: 0, count: count * test.type.blockSize)
      for streaming in [false, true] {
        var (plain, fast) = (values, values)
        var span = plain.mutableSpan
        test.type.format.decode(blocks.span.bytes, into: &span)
        span = fast.mutableSpan
        test.kernels.decode(blocks.span.bytes, as: test.type, into: &span, streaming: streaming)
        #expect(firstDifference(plain, fast) == nil, "seed 7, \(count) blocks")
      }
    }
  }

  @Test(arguments: encoders, [false, true])
  func encodesAsPlainSwiftDoes(_ test: Case, withImportance: Bool) throws {
    let rows = EncoderInputs.rows(columns: max(512, test.type.blockSize), seed: 11)
    let importance = EncoderInputs.importance(columns: rows[0].count, seed: 13)
    for (index, row) in rows.enumerated() {
      let description = TensorRows(
        tensor: "t", type: test.type, columns: row.count, firstRow: 0, count: 1)
      let weights = withImportance ? importance : nil
      let plain = try encode(row, description, weights, FormatQuantizer())
      let fast = try encode(row, description, weights, KernelQuantizer(kernels: test.kernels))
      let difference = zip(plain, fast).enumerated().first { $1.0 != $1.1 }?.offset
      #expect(difference == nil, "row \(index), byte \(difference ?? 0)")
    }
  }

  private func encode(
    _ row: [Float], _ rows: TensorRows, _ importance: [Float]?, _ quantizer: some Quantizer
  ) throws -> [UInt8] {
    var blocks = [UInt8](
      repeating: 0, count: row.count / rows.type.blockSize * rows.type.blockBytes)
    var span = blocks.mutableSpan
    var bytes = span.mutableBytes
    try quantizer.encode(row.span, of: rows, importance: importance?.span, into: &bytes)
    return blocks
  }

  /// The place of the first difference; NaNs are all alike.
  private func firstDifference(_ a: [Float], _ b: [Float]) -> Int? {
    zip(a, b).enumerated().first {
      $1.0.bitPattern != $1.1.bitPattern && !($1.0.isNaN && $1.1.isNaN)
    }?.offset
  }

  private static func cases(_ hasCodec: (tk_codec) -> Bool) -> [Case] {
    KernelSet.supported.flatMap { kernels in
      TensorType.allCases.compactMap { type in
        kernels.codecs[type.rawValue].flatMap {
          hasCodec($0) ? Case(type: type, kernels: kernels) : nil
        }
      }
    }
  }
}
