internal import QuantCore

/// 32-bit floats, in [k][row] order.
enum PackedF32: PackedFormat {
  static let family = KernelSet.WeightFamily.f32
  static let activations = ActivationForm.values
  static let blockSize = 1
  static let blockBytes = 4

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    transpose(UInt32.self, rows, rowBytes: rowBytes, count: count, k: blocks, into: panel)
  }

  static func unpack(
    row: Int, of panel: UnsafeRawPointer, blocks: Int, into values: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<blocks {
      values[k] = panel.load(fromByteOffset: (k * panelRows + row) * 4, as: Float.self)
    }
  }
}

/// IEEE halves, in [k][row] order.
enum PackedF16: PackedHalves {
  static let family = KernelSet.WeightFamily.f16

  static func float(_ bits: UInt16) -> Float { HalfPrecision.float(bits) }
}

/// bfloat16s, in [k][row] order.
enum PackedBF16: PackedHalves {
  static let family = KernelSet.WeightFamily.bf16

  static func float(_ bits: UInt16) -> Float { BFloat16.float(bits) }
}

/// Floats of 16 bits, in [k][row] order.
protocol PackedHalves: PackedFormat {
  /// The value of a stored element.
  static func float(_ bits: UInt16) -> Float
}

extension PackedHalves {
  static var activations: ActivationForm { .values }
  static var blockSize: Int { 1 }
  static var blockBytes: Int { 2 }

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    transpose(UInt16.self, rows, rowBytes: rowBytes, count: count, k: blocks, into: panel)
  }

  static func unpack(
    row: Int, of panel: UnsafeRawPointer, blocks: Int, into values: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<blocks {
      values[k] = float(panel.load(fromByteOffset: (k * panelRows + row) * 2, as: UInt16.self))
    }
  }
}

extension PackedFormat {
  /// Transposes rows of `k` elements to [k][16].
  ///
  /// In tiles of one cache line per row: sixteen rows a power of two apart would otherwise evict
  /// each other's lines from the first-level cache.
  @inline(__always)
  fileprivate static func transpose<Element: FixedWidthInteger>(
    _ type: Element.Type, _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, k: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    let size = MemoryLayout<Element>.size
    let tile = 64 / size
    var start = 0
    while start < k {
      let end = min(start + tile, k)
      for row in 0..<count {
        let source = rows + row * rowBytes
        var i = start
        while i < end {
          let element = source.loadUnaligned(fromByteOffset: i * size, as: type)
          panel.storeBytes(of: element, toByteOffset: (i * panelRows + row) * size, as: type)
          i += 1
        }
      }
      start = end
    }
  }
}
