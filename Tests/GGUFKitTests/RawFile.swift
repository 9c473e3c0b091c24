import GGUFKit

/// Builds a file byte by byte, so that each field can be wrong on purpose. Independent of the
/// package's own writer.
struct RawFile {
  var bytes: [UInt8] = []
  var order = ByteOrder.littleEndian
  var version: UInt32 = 3

  /// The magic number, the version and the counts.
  init(
    tensors: UInt64 = 0, entries: UInt64 = 0, version: UInt32 = 3,
    order: ByteOrder = .littleEndian
  ) {
    self.version = version
    self.order = order
    bytes += Array("GGUF".utf8)
    number(version)
    count(tensors)
    count(entries)
  }

  mutating func number<T: FixedWidthInteger>(_ value: T) {
    for i in 0..<MemoryLayout<T>.size {
      let place = order == .littleEndian ? i : MemoryLayout<T>.size - 1 - i
      bytes.append(UInt8(truncatingIfNeeded: value >> T(8 * place)))
    }
  }

  mutating func count(_ value: UInt64) {
    if version == 1 { number(UInt32(truncatingIfNeeded: value)) } else { number(value) }
  }

  mutating func string(_ text: String) {
    count(UInt64(text.utf8.count))
    bytes += Array(text.utf8)
  }

  /// A key and the number of its value's type; the value is to follow.
  mutating func entry(_ key: String, type: UInt32) {
    string(key)
    number(type)
  }

  mutating func tensor(
    _ name: String, shape: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
  ) {
    string(name)
    number(UInt32(shape.count))
    for dimension in shape { count(dimension) }
    number(type)
    number(offset)
  }

  mutating func pad(to alignment: Int = 32) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }

  /// What is thrown when the file is opened; `nil` when it opens.
  var error: GGUFError? {
    do throws(GGUFError) {
      _ = try GGUFFile(bytes: bytes)
      return nil
    } catch {
      return error
    }
  }
}
