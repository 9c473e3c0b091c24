import QuantCore

/// A 64-bit checksum that tells apart what differs by accident (Fowler, Noll and Vo, "The FNV
/// Non-Cryptographic Hash Algorithm", FNV-1a), over words instead of bytes where there are many.
struct Digest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01b3 }

  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    add(text.utf8.count)
  }

  mutating func add(_ bytes: RawSpan) {
    let words = bytes.byteCount / 8
    for word in 0..<words {
      add(
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)))
    }
    for index in 8 * words..<bytes.byteCount {
      add(UInt64(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)))
    }
    add(bytes.byteCount)
  }

  /// A tensor's name, type and shape, and its first bytes.
  mutating func add(_ tensor: some TensorSource, upTo count: Int) {
    add(tensor.name)
    add(tensor.type.name)
    for dimension in tensor.shape { add(dimension) }
    tensor.withBytes { add($0.extracting(first: count)) }
  }
}
