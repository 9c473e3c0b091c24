import QuantCore
import TestSupport

/// The folder `quants` of the fixtures: ggml's own encodings of sixteen rows.
struct QuantFixtures {
  struct Manifest: Decodable {
    struct Entry: Decodable {
      struct Encoding: Decodable {
        var kind: String
        var bytes: Int
        var rmse_per_row: [Double]
        var weighted_rmse_per_row: [Double]
      }

      var id: UInt32
      var name: String
      var block: Int
      var block_bytes: Int
      var encodings: [Encoding]
    }

    var rows: Int
    var columns: Int
    var types: [Entry]
  }

  let manifest: Manifest
  let input: [Float]
  let importance: [Float]

  init() throws {
    manifest = try Fixtures.json("quants/manifest.json")
    input = try Fixtures.floats("quants/input.f32")
    importance = try Fixtures.floats("quants/importance.f32")
  }

  /// What the manifest says of a type; `nil` for the types that ggml does not encode to.
  func entry(_ type: TensorType) -> Manifest.Entry? {
    manifest.types.first { $0.id == type.rawValue }
  }

  /// One row of the input.
  func row(_ index: Int) -> [Float] {
    Array(input[index * manifest.columns..<(index + 1) * manifest.columns])
  }
}

/// The types that store whole numbers.
let integerTypes: [TensorType] = [.i8, .i16, .i32, .i64]

/// The types whose encoder searches a codebook of points: slow in a debug build.
let latticeTypes: [TensorType] = [
  .iq1S, .iq1M, .iq2XXS, .iq2XS, .iq2S, .iq3XXS, .iq3S,
]

/// The types that have one way to encode, with importance and without, which every encoder follows.
let plainlyEncodedTypes: [TensorType] = [
  .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .mxfp4, .tq1_0, .tq2_0,
]

extension TensorFormat {
  /// Decodes an array.
  static func decode(_ bytes: [UInt8]) -> [Float] {
    var values = [Float](repeating: .nan, count: bytes.count / blockBytes * blockSize)
    var span = values.mutableSpan
    decode(bytes.span.bytes, into: &span)
    return values
  }

  /// Encodes an array.
  static func encode(_ values: [Float], importance: [Float]? = nil) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xA5, count: values.count / blockSize * blockBytes)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    if let importance {
      encode(values.span, importance: importance.span, into: &raw)
    } else {
      encode(values.span, importance: nil, into: &raw)
    }
    return bytes
  }
}
