import GGUFKit
import QuantCore
import Testing

/// Files written byte by byte, of each version and byte order.
@Suite struct HeaderTests {
  private static let variants: [(UInt32, ByteOrder)] = [
    (1, .littleEndian), (2, .littleEndian), (3, .littleEndian), (1, .bigEndian), (2, .bigEndian),
    (3, .bigEndian),
  ]

  @Test(arguments: variants)
  func reads(version: UInt32, order: ByteOrder) throws {
    var raw = RawFile(tensors: 2, entries: 5, version: version, order: order)
    raw.entry("general.architecture", type: 8)
    raw.string("llama")
    raw.entry("llama.block_count", type: 4)
    raw.number(UInt32(7))
    raw.entry("a.float", type: 6)
    raw.number(Float(1.5).bitPattern)
    raw.entry("a.bool", type: 7)
    raw.number(UInt8(1))
    raw.entry("a.array", type: 9)
    raw.number(UInt32(8))
    raw.count(2)
    raw.string("x")
    raw.string("yz")
    raw.tensor("first", shape: [2, 3])
    raw.tensor("second", shape: [4], type: 1, offset: 32)
    raw.pad()
    let start = raw.bytes.count
    for i in 0..<6 { raw.number(Float(i).bitPattern) }
    raw.pad()
    for i in 0..<4 { raw.number(HalfPrecision.bits(Float(-i))) }

    let file = try GGUFFile(bytes: raw.bytes)
    #expect(file.version == version)
    #expect(file.byteOrder == order)
    #expect(file.alignment == 32)
    #expect(file.fileBytes == raw.bytes.count)
    #expect(file.partCount == 1)
    #expect(file.metadata.keys.first == "general.architecture")
    #expect(file[.blockCount] == 7)
    #expect(file.metadata["a.float"] == .float32(1.5))
    #expect(file.metadata["a.bool"] == .bool(true))
    #expect(file.metadata["a.array"] == .array(.string(["x", "yz"])))
    #expect(file.tensors.map(\.name) == ["first", "second"])
    let first = try #require(file.tensor(named: "first"))
    #expect(first.shape == [2, 3])
    #expect(first.columns == 2 && first.rows == 3)
    #expect(first.offset == start)
    #expect(try first.decoded() == [0, 1, 2, 3, 4, 5])
    let second = try #require(file.tensor(named: "second"))
    #expect(second.type == .f16)
    #expect(second.offset == start + 32)
    #expect(try second.decoded() == [0, -1, -2, -3])
    #expect(file.tensor(named: "third") == nil)
  }

  @Test func everyScalarType() throws {
    var raw = RawFile(entries: 13)
    raw.entry("0", type: 0)
    raw.number(UInt8(200))
    raw.entry("1", type: 1)
    raw.number(Int8(-100))
    raw.entry("2", type: 2)
    raw.number(UInt16(60_000))
    raw.entry("3", type: 3)
    raw.number(Int16(-30_000))
    raw.entry("4", type: 4)
    raw.number(UInt32(4_000_000_000))
    raw.entry("5", type: 5)
    raw.number(Int32(-2_000_000_000))
    raw.entry("6", type: 6)
    raw.number(Float.pi.bitPattern)
    raw.entry("7", type: 7)
    raw.number(UInt8(0))
    raw.entry("8", type: 8)
    raw.string("text")
    raw.entry("9", type: 9)
    raw.number(UInt32(9))
    raw.count(2)
    raw.number(UInt32(3))
    raw.count(1)
    raw.number(Int16(-5))
    raw.number(UInt32(7))
    raw.count(0)
    raw.entry("10", type: 10)
    raw.number(UInt64.max)
    raw.entry("11", type: 11)
    raw.number(Int64.min)
    raw.entry("12", type: 12)
    raw.number(Double.pi.bitPattern)
    let metadata = try GGUFFile(bytes: raw.bytes).metadata
    #expect(metadata["0"] == .uint8(200))
    #expect(metadata["1"] == .int8(-100))
    #expect(metadata["2"] == .uint16(60_000))
    #expect(metadata["3"] == .int16(-30_000))
    #expect(metadata["4"] == .uint32(4_000_000_000))
    #expect(metadata["5"] == .int32(-2_000_000_000))
    #expect(metadata["6"] == .float32(.pi))
    #expect(metadata["7"] == .bool(false))
    #expect(metadata["8"] == .string("text"))
    #expect(metadata["9"] == .array(.array([.int16([-5]), .bool([])])))
    #expect(metadata["10"] == .uint64(.max))
    #expect(metadata["11"] == .int64(.min))
    #expect(metadata["12"] == .float64(.pi))
  }

  @Test func stringsNeedNotBeUTF8() throws {
    var raw = RawFile(entries: 1)
    raw.entry("s", type: 8)
    raw.count(3)
    raw.bytes += [0xFF, 0x41, 0x80]
    let value = try #require(try GGUFFile(bytes: raw.bytes).metadata["s"])
    #expect(value.bytes == [0xFF, 0x41, 0x80])
    #expect(value.stringValue == "\u{FFFD}A\u{FFFD}")
    guard case .string(let string) = value else { return }
    #expect(string.validStringValue == nil)
    #expect(string.byteCount == 3)
  }

  @Test func alignmentIsRespected() throws {
    var raw = RawFile(tensors: 2, entries: 1)
    raw.entry("general.alignment", type: 4)
    raw.number(UInt32(8))
    raw.tensor("a", shape: [1])
    raw.tensor("b", shape: [1], offset: 8)
    raw.pad(to: 8)
    let start = raw.bytes.count
    raw.number(Float(3).bitPattern)
    raw.pad(to: 8)
    raw.number(Float(4).bitPattern)
    let file = try GGUFFile(bytes: raw.bytes)
    #expect(file.alignment == 8)
    #expect(file.tensors.map(\.offset) == [start, start + 8])
    #expect(try file.tensors[1].decoded() == [4])
  }

  @Test func anEmptyModelOpens() throws {
    let file = try GGUFFile(bytes: RawFile().bytes)
    #expect(file.tensors.isEmpty)
    #expect(file.metadata.isEmpty)
  }

  @Test func typesWithoutACodecCanBeListed() throws {
    var raw = RawFile(tensors: 1)
    raw.tensor("t", shape: [256], type: TensorType.iq2XXS.rawValue)
    raw.pad()
    raw.bytes += [UInt8](repeating: 1, count: 66)
    let tensor = try #require(try GGUFFile(bytes: raw.bytes).tensors.first)
    #expect(tensor.type == .iq2XXS)
    #expect(tensor.byteCount == 66)
  }
}
