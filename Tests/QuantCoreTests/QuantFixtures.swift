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

  /// One row of the input.
  func row(_ index: Int) -> [Float] {
    Array(input[index * manifest.columns..<(index + 1) * manifest.columns])
  }
}

/// The types that have a codec.
let codedTypes = TensorType.allCases.filter { $0.format != nil }

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
