/// Blocks of 32 nibbles with a half as scale; a value is `d * (nibble - 8)`.
///
/// GGUF's byte j of a block holds elements j (low) and j + 16, as panels do: packing moves words.
enum PackedQ4_0: PackedFormat {
  static let family = KernelSet.WeightFamily.q4_0
  static let activations = ActivationForm.codes(block: 32)
  static let blockSize = 32
  static let blockBytes = 18

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    for block in 0..<blocks {
      let target = panel + block * blockBytes * panelRows
      for row in 0..<count {
        let source = rows + row * rowBytes + block * blockBytes
        target.copy16(from: source, to: 2 * row)
        for group in 0..<4 {
          target.copy32(from: source + 2 + 4 * group, to: 32 + (group * panelRows + row) * 4)
        }
      }
    }
  }

  static func unpack(
    row: Int, of panel: UnsafeRawPointer, blocks: Int, into values: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<blocks {
      let source = panel + block * blockBytes * panelRows
      let scale = ScalarKernels.half(source, 0, row)
      for i in 0..<32 {
        values[32 * block + i] = scale * Float(Int(nibble(source + 32, row: row, i)) - 8)
      }
    }
  }
}

extension PackedFormat {
  /// Nibble `i` of the 32 of a row, in bytes [4 groups][16 rows][4].
  @inline(__always)
  static func nibble(_ bytes: UnsafeRawPointer, row: Int, _ i: Int) -> UInt8 {
    let offset = (i % 16 / 4 * panelRows + row) * 4 + i % 4
    let byte = bytes.load(fromByteOffset: offset, as: UInt8.self)
    return i < 16 ? byte & 15 : byte >> 4
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always)
  func copy16(from source: UnsafeRawPointer, to offset: Int) {
    storeBytes(of: source.loadUnaligned(as: UInt16.self), toByteOffset: offset, as: UInt16.self)
  }

  @inline(__always)
  func copy32(from source: UnsafeRawPointer, to offset: Int) {
    storeBytes(of: source.loadUnaligned(as: UInt32.self), toByteOffset: offset, as: UInt32.self)
  }
}
