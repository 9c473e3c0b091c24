internal import CTensorKernels

/// 32-bit floats, in [k][row] order.
enum PackedF32: PackedColumns {
  typealias Element = UInt32
  static let kernel = Int(TK_F32)
  static let scalar: tk_matmul_fn = { ScalarKernels.matmulF32($0, $1, $2, $3, $4, $5) }
}

/// IEEE halves, in [k][row] order.
enum PackedF16: PackedColumns {
  typealias Element = UInt16
  static let kernel = Int(TK_F16)
  static let scalar: tk_matmul_fn = { ScalarKernels.matmulF16($0, $1, $2, $3, $4, $5) }
}

/// Floats in [k][row] order, as words of their size.
protocol PackedColumns: PackedFormat {
  associatedtype Element: FixedWidthInteger
}

extension PackedColumns {
  static var activations: ActivationForm { .values }
  static var blockSize: Int { 1 }
  static var blockBytes: Int { MemoryLayout<Element>.size }

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    transpose(Element.self, rows, rowBytes: rowBytes, count: count, k: blocks, into: panel)
  }
}

/// bfloat16s, in [k / 2][row][2] order, with a zero after an odd `k`.
enum PackedBF16: PackedFormat {
  static let kernel = Int(TK_BF16)
  static let scalar: tk_matmul_fn = { ScalarKernels.matmulBF16($0, $1, $2, $3, $4, $5) }
  static let activations = ActivationForm.values
  static let blockSize = 1
  static let blockBytes = 2

  static func panelBytes(k: Int) -> Int { k.rounded(upTo: 2) * blockBytes * panelRows }

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    let pairs = blocks / 2
    transpose(UInt32.self, rows, rowBytes: rowBytes, count: count, k: pairs, into: panel) {
      counting($0)
    }
    guard blocks % 2 == 1 else { return }
    for row in 0..<count {
      let last = (rows + row * rowBytes).loadUnaligned(
        fromByteOffset: 2 * (blocks - 1), as: UInt16.self)
      panel.storeBytes(
        of: counting(UInt32(last)), toByteOffset: 4 * (pairs * panelRows + row), as: UInt32.self)
    }
  }

  /// A pair with zeros for magnitudes below 2⁻⁵⁶: some processors take subnormal numbers for zeros, and
  /// so no product is one.
  @inline(__always)
  static func counting(_ pair: UInt32) -> UInt32 {
    let low: UInt32 = pair & 0x7FFF >= least ? 0xFFFF : 0
    let high: UInt32 = pair >> 16 & 0x7FFF >= least ? 0xFFFF_0000 : 0
    return pair & (low | high)
  }

  /// The bits of 2⁻⁵⁶.
  private static var least: UInt32 { 0x2380 }
}

extension PackedFormat {
  /// Transposes rows of `k` elements to [k][16].
  ///
  /// In tiles of one cache line per row: sixteen rows a power of two apart would otherwise evict
  /// each other's lines from the first-level cache.
  @inline(__always)
  fileprivate static func transpose<Element: FixedWidthInteger>(
    _ type: Element.Type, _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, k: Int,
    into panel: UnsafeMutableRawPointer, as change: (Element) -> Element = { $0 }
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
          panel.storeBytes(
            of: change(element), toByteOffset: (i * panelRows + row) * size, as: type)
          i += 1
        }
      }
      start = end
    }
  }
}
