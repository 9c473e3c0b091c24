import Foundation
import QuantCore
import TestSupport
import Testing

@Suite(.enabled(if: Fixtures.isAvailable, Comment(rawValue: Fixtures.missing)))
struct FixtureTests {
  private let fixtures: QuantFixtures

  init() throws { fixtures = try QuantFixtures() }

  @Test func layoutsAgreeWithGGML() throws {
    for entry in fixtures.manifest.types {
      let type = try TensorType(ggufID: entry.id)
      #expect(type.name == entry.name)
      #expect(type.blockSize == entry.block, "\(type)")
      #expect(type.blockBytes == entry.block_bytes, "\(type)")
      for encoding in entry.encodings {
        #expect(try type.byteCount(elements: fixtures.input.count) == encoding.bytes, "\(type)")
      }
    }
  }

  @Test(arguments: TensorType.allCases)
  func decodesBitForBit(_ type: TensorType) throws {
    let format = type.format
    guard let entry = fixtures.entry(type) else { return }
    for encoding in entry.encodings {
      let name = "quants/\(type.name).\(encoding.kind)"
      let decoded = format.decode(try Fixtures.bytes(name + ".bin"))
      let expected = try Fixtures.floats(name + ".f32")
      let wrong = zip(decoded, expected).enumerated().first {
        $1.0.bitPattern != $1.1.bitPattern
      }
      #expect(wrong == nil, "\(name), value \(wrong?.offset ?? -1)")
    }
  }

  @Test(arguments: plainlyEncodedTypes)
  func encodesByteForByte(_ type: TensorType) throws {
    let format = type.format
    let entry = try #require(fixtures.entry(type))
    for encoding in entry.encodings {
      let importance = encoding.kind == "importance" ? fixtures.importance : nil
      let stored = format.encode(fixtures.input, importance: importance)
      #expect(try stored == Fixtures.bytes("quants/\(type.name).\(encoding.kind).bin"))
    }
  }

  /// In a debug build the slow types are checked on two rows only; a release build, or the
  /// environment variable `CRIA_ALL_ROWS`, checks all.
  private func rows(_ type: TensorType) -> [Int] {
    #if DEBUG
      let isThorough = ProcessInfo.processInfo.environment["CRIA_ALL_ROWS"] != nil
    #else
      let isThorough = true
    #endif
    return latticeTypes.contains(type) && !isThorough ? [0, 7] : Array(0..<fixtures.manifest.rows)
  }

  @Test(arguments: TensorType.allCases)
  func encodesAsWellAsGGML(_ type: TensorType) throws {
    let format = type.format
    guard let entry = fixtures.entry(type) else { return }
    for encoding in entry.encodings {
      let importance = encoding.kind == "importance" ? fixtures.importance : nil
      let expected = importance == nil ? encoding.rmse_per_row : encoding.weighted_rmse_per_row
      var (total, expectedTotal) = (0.0, 0.0)
      for row in rows(type) where expected[row] > 0 {
        let input = fixtures.row(row)
        let stored = format.decode(format.encode(input, importance: importance))
        let metrics =
          if let importance {
            ErrorMetrics(original: input.span, stored: stored.span, weights: importance.span)
          } else {
            ErrorMetrics(original: input.span, stored: stored.span)
          }
        let ratio = metrics.rootMeanSquaredError / expected[row]
        #expect(ratio <= 1.02, "\(type) \(encoding.kind) row \(row): \(ratio) of ggml's error")
        let largest = Double(input.reduce(0) { max($0, abs($1)) })
        total += metrics.rootMeanSquaredError / largest
        expectedTotal += expected[row] / largest
      }
      #expect(
        total <= expectedTotal * 1.0005,
        "\(type) \(encoding.kind): \(total / expectedTotal) of ggml's error on average")
    }
  }
}
