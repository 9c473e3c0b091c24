internal import QuantCore

/// Turns tensor data from one byte order into the other.
enum ByteSwapping {
  /// Reverses the bytes of each multi-byte field in every block.
  static func swap(_ bytes: inout [UInt8], blockBytes: Int, fields: [BlockField]) {
    for block in stride(from: 0, to: bytes.count, by: blockBytes) {
      for field in fields {
        for i in 0..<field.count {
          let start = block + field.offset + i * field.width
          for k in 0..<field.width / 2 {
            bytes.swapAt(start + k, start + field.width - 1 - k)
          }
        }
      }
    }
  }
}
