internal import CTensorKernels

/// 32-bit floats, in [k][row] order.
enum PackedF32: PackedFormat {
  static let kernel = Int(TK_F32)
  static let scalar: tk_matmul_fn = { ScalarKernels.matmulF32($0, $1, $2, $3, $4, $5) }
  static let activations = ActivationForm.values
  static let blockSize = 1
  static let blockBytes = 4

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    transpose(UInt32.self, rows, rowBytes: rowBytes, count: count, k: blocks, into: panel)
  }
}

/// IEEE halves, in [k][row] order.
enum PackedF16: PackedHalves {
  static let kernel = Int(TK_F16)
  static let scalar: tk_matmul_fn = { ScalarKernels.matmulF16($0, $1, $2, $3, $4, $5) }
}

/// bfloat16s, in [k][row] order.
enum PackedBF16: PackedHalves {
  static let kernel = Int(TK_BF16)
  static let scalar: tk_matmul_fn = { ScalarKernels.matmulBF16($0, $1, $2, $3, $4, $5) }
}

/// Floats of 16 bits, in [k][row] order.
protocol PackedHalves: PackedFormat {}

extension PackedHalves {
  static var activations: ActivationForm { .values }
  static var blockSize: Int { 1 }
  static var blockBytes: Int { 2 }

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    transpose(UInt16.self, rows, rowBytes: rowBytes, count: count, k: blocks, into: panel)
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
