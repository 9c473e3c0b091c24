import GGUFKit
import QuantCore
import Testing

/// One wrong field at a time: each gives its own kind of error, in one line, with its place.
@Suite struct RejectedFileTests {
  private func expect(
    _ raw: RawFile, _ code: GGUFError.Code, at location: GGUFError.Location? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = raw.error
    #expect(
      error?.code == code, "\(error?.description ?? "opened")", sourceLocation: sourceLocation)
    if let location {
      #expect(error?.location == location, sourceLocation: sourceLocation)
    }
    #expect(error?.description.contains("\n") != true, sourceLocation: sourceLocation)
  }

  @Test func otherMagicNumber() {
    var raw = RawFile()
    raw.bytes[0] = UInt8(ascii: "X")
    expect(raw, .notGGUF, at: .byteOffset(0))
  }

  @Test(arguments: [0, 4, 0x0400_0000, 0xFFFF_FFFF] as [UInt32])
  func otherVersion(_ version: UInt32) {
    expect(RawFile(version: version), .unsupportedVersion, at: .byteOffset(4))
  }

  @Test(arguments: 0..<24)
  func shorterThanTheFirstFields(_ length: Int) {
    var raw = RawFile()
    raw.bytes.removeLast(24 - length)
    expect(raw, .truncated)
  }

  @Test func tooManyTensors() {
    expect(RawFile(tensors: 1 << 21), .limitExceeded, at: .byteOffset(8))
    expect(RawFile(tensors: .max), .limitExceeded, at: .byteOffset(8))
    expect(RawFile(tensors: 1 << 63), .limitExceeded, at: .byteOffset(8))
    expect(RawFile(tensors: 1), .truncated, at: .byteOffset(8))
  }

  @Test func tooManyEntries() {
    expect(RawFile(entries: 1 << 17), .limitExceeded, at: .byteOffset(16))
    expect(RawFile(entries: .max), .limitExceeded, at: .byteOffset(16))
    expect(RawFile(entries: 1), .truncated, at: .byteOffset(16))
  }

  @Test func keys() {
    var tooLong = RawFile(entries: 1)
    tooLong.entry(String(repeating: "k", count: 65_536), type: 0)
    tooLong.number(UInt8(1))
    expect(tooLong, .limitExceeded, at: .byteOffset(24))

    var pastTheEnd = RawFile(entries: 1)
    pastTheEnd.count(100)
    pastTheEnd.bytes += [UInt8](repeating: 65, count: 20)
    expect(pastTheEnd, .truncated, at: .byteOffset(24))

    var notText = RawFile(entries: 1)
    notText.count(1)
    notText.bytes.append(0xFF)
    notText.number(UInt32(0))
    notText.number(UInt8(1))
    expect(notText, .invalidValue, at: .byteOffset(24))

    var twice = RawFile(entries: 2)
    for _ in 0..<2 {
      twice.entry("key", type: 0)
      twice.number(UInt8(1))
    }
    expect(twice, .duplicateKey, at: .key("key"))
  }

  @Test(arguments: [13, 100, .max] as [UInt32])
  func unknownValueType(_ type: UInt32) {
    var raw = RawFile(entries: 1)
    raw.entry("k", type: type)
    raw.number(UInt64(0))
    expect(raw, .invalidValue, at: .byteOffset(33))
  }

  @Test func truthValuesOtherThanZeroAndOne() {
    var raw = RawFile(entries: 1)
    raw.entry("k", type: 7)
    raw.number(UInt8(2))
    expect(raw, .invalidValue, at: .byteOffset(37))
  }

  @Test(arguments: [1 << 40, 1 << 63, .max, 9] as [UInt64])
  func stringsLongerThanTheFile(_ length: UInt64) {
    var raw = RawFile(entries: 1)
    raw.entry("k", type: 8)
    raw.number(length)
    raw.bytes += [1, 2, 3, 4, 5, 6, 7, 8]
    expect(raw, length == 9 ? .truncated : .limitExceeded, at: .byteOffset(37))
  }

  @Test(arguments: 0..<13 as Range<UInt32>, [1 << 29, 1 << 62, .max] as [UInt64])
  func arraysLongerThanTheFile(_ type: UInt32, count: UInt64) {
    var raw = RawFile(entries: 1)
    raw.entry("k", type: 9)
    raw.number(type)
    raw.number(count)
    raw.bytes += [UInt8](repeating: 0, count: 64)
    expect(raw, count == 1 << 29 ? .truncated : .limitExceeded, at: .byteOffset(41))
  }

  @Test func arraysInArraysWithoutEnd() {
    var raw = RawFile(entries: 1)
    raw.entry("k", type: 9)
    for _ in 0..<50_000 {
      raw.number(UInt32(9))
      raw.number(UInt64(1))
    }
    expect(raw, .limitExceeded)
  }

  @Test(arguments: [0, 3, 33, 1 << 21, .max] as [UInt32])
  func alignments(_ alignment: UInt32) {
    var raw = RawFile(entries: 1)
    raw.entry("general.alignment", type: 4)
    raw.number(alignment)
    expect(raw, .invalidValue, at: .key("general.alignment"))
  }

  @Test func alignmentOfAnotherType() {
    var raw = RawFile(entries: 1)
    raw.entry("general.alignment", type: 8)
    raw.string("32")
    expect(raw, .wrongType, at: .key("general.alignment"))
  }

  /// A file with one tensor as given and 4096 bytes of data.
  private func oneTensor(
    name: String = "t", shape: [UInt64] = [4], type: UInt32 = 0, offset: UInt64 = 0
  ) -> RawFile {
    var raw = RawFile(tensors: 1)
    raw.tensor(name, shape: shape, type: type, offset: offset)
    raw.pad()
    raw.bytes += [UInt8](repeating: 0, count: 4096)
    return raw
  }

  @Test func dimensions() {
    #expect(oneTensor(shape: [4, 4, 4, 4]).error == nil)
    expect(oneTensor(shape: []), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [1, 1, 1, 1, 1]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [0]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [4, 0, 2]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [1 << 63]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [.max]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [1 << 32, 1 << 32]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [1 << 61]), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [1025]), .truncated, at: .tensor("t"))
  }

  @Test func dimensionCountsThatAreHuge() {
    var raw = RawFile(tensors: 1)
    raw.string("t")
    raw.number(UInt32.max)
    raw.bytes += [UInt8](repeating: 1, count: 64)
    expect(raw, .invalidTensor, at: .tensor("t"))
  }

  @Test func offsets() {
    #expect(oneTensor(offset: 4064).error == nil)
    expect(oneTensor(offset: 1), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(offset: 4096), .truncated, at: .tensor("t"))
    expect(oneTensor(offset: 1 << 40), .truncated, at: .tensor("t"))
    expect(oneTensor(offset: 1 << 63), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(offset: UInt64(Int.max) - 31), .truncated, at: .tensor("t"))
  }

  @Test func types() {
    expect(oneTensor(type: 4), .unsupportedTensorType, at: .tensor("t"))
    expect(oneTensor(type: 36), .unsupportedTensorType, at: .tensor("t"))
    expect(oneTensor(type: 1000), .unsupportedTensorType, at: .tensor("t"))
    expect(oneTensor(shape: [31], type: 2), .invalidTensor, at: .tensor("t"))
    expect(oneTensor(shape: [128, 2], type: 12), .invalidTensor, at: .tensor("t"))
  }

  @Test func names() {
    var twice = RawFile(tensors: 2)
    twice.tensor("t", shape: [1])
    twice.tensor("t", shape: [1], offset: 32)
    twice.pad()
    twice.bytes += [UInt8](repeating: 0, count: 64)
    expect(twice, .duplicateTensor, at: .tensor("t"))
    expect(oneTensor(name: String(repeating: "n", count: 1025)), .limitExceeded)
    let hostile = oneTensor(name: "a\nb", type: 1000)
    expect(hostile, .unsupportedTensorType, at: .tensor("a\nb"))
  }

  @Test func everyTruncationOfAHeader() throws {
    var raw = RawFile(tensors: 1, entries: 2)
    raw.entry("a", type: 8)
    raw.string("text")
    raw.entry("b", type: 9)
    raw.number(UInt32(4))
    raw.count(2)
    raw.number(UInt32(1))
    raw.number(UInt32(2))
    raw.tensor("t", shape: [2, 2])
    raw.pad()
    for i in 0..<4 { raw.number(Float(i).bitPattern) }
    #expect(raw.error == nil)
    for length in 0..<raw.bytes.count {
      var short = raw
      short.bytes.removeLast(raw.bytes.count - length)
      expect(short, .truncated)
    }
  }
}
