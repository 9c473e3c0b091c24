import QuantCore
import TestSupport
import Testing

struct QuantizerTests {
  private static let rows = TensorRows(
    tensor: "x", type: .q8_0, columns: 32, firstRow: 7, count: 3)

  private func encode(_ values: [Float], as rows: TensorRows) throws(QuantError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 3 * 34)
    var span = bytes.mutableSpan
    var blocks = span.mutableBytes
    try FormatQuantizer().encode(values.span, of: rows, importance: nil, into: &blocks)
    return bytes
  }

  @Test func itDoesWhatTheFormatDoes() throws {
    var random = SeededRandom(seed: 21)
    let values = random.gaussian(count: 96)
    let expected = try InMemoryTensor(name: "x", shape: [32, 3], values: values, as: .q8_0)
    #expect(try encode(values, as: Self.rows) == expected.bytes)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func placesOfWhatIsNoNumberAreGiven(value: Float) {
    var values = [Float](repeating: .greatestFiniteMagnitude, count: 96)
    values[40] = value
    let error = #expect(throws: QuantError.self) { try encode(values, as: Self.rows) }
    #expect(error?.code == .notFinite)
    #expect(error?.location == .value(tensor: "x", row: 8, column: 8))
  }
}
