internal import CTensorKernels

/// What a matrix product takes as its left-hand side.
enum ActivationForm: Sendable, Hashable {
  /// Floats.
  case values
  /// 8-bit codes with one scale per block of this many (32 or 256).
  case codes(block: Int)
}

/// How the weights of one tensor type are laid out for the kernels: in panels of sixteen rows, as
/// `CTensorKernels.h` describes under "R16K4". Packing changes no value but those of ``PackedBF16`` below
/// 2⁻⁵⁶, which become zeros.
///
/// A type is added with a conformer, mostly of ``PackedBlocks``, named in
/// ``QuantCore/TensorType/packedFormat``, and, unless a type with the same layout and levels has one
/// already, with a kernel: a name in `TK_WEIGHT_TYPES` and a line in `generic/weights.h`.
protocol PackedFormat: Sendable {
  /// The kernel that reads it, an index into the table of a set.
  static var kernel: Int { get }
  /// The plain Swift kernel.
  static var scalar: tk_matmul_fn { get }
  /// The left-hand side that these kernels take.
  static var activations: ActivationForm { get }
  /// Elements of one block; a row has whole blocks.
  static var blockSize: Int { get }
  /// Bytes of one block of one row in a panel.
  static var blockBytes: Int { get }
  /// Bytes of a panel of rows with `k` elements.
  static func panelBytes(k: Int) -> Int

  /// Packs up to sixteen rows. `rows` points to the first row, `rowBytes` apart. The panel is zero
  /// where rows are missing.
  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet)
}

extension PackedFormat {
  /// Rows of a panel.
  static var panelRows: Int { ScalarKernels.rows }

  /// The bytes of the panel's blocks.
  static func panelBytes(k: Int) -> Int { k / blockSize * blockBytes * panelRows }

  /// Panels of a matrix of `rows` rows.
  static func panelCount(rows: Int) -> Int { (rows + panelRows - 1) / panelRows }

  /// Packs rows `range` (sixteen at most; fewer give a panel padded with zeros) of a matrix of `k`
  /// columns whose rows are `rowBytes` apart in `matrix`.
  static func pack(
    rows matrix: UnsafeRawBufferPointer, rowBytes: Int, range: Range<Int>, k: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    precondition(k > 0 && k.isMultiple(of: blockSize) && range.count <= panelRows)
    precondition(
      range.lowerBound >= 0 && rowBytes > 0 && range.upperBound <= matrix.count / rowBytes)
    guard let base = matrix.baseAddress, !range.isEmpty else { return }
    if range.count < panelRows {
      panel.initializeMemory(as: UInt8.self, repeating: 0, count: panelBytes(k: k))
    }
    pack(
      base + range.lowerBound * rowBytes, rowBytes: rowBytes, count: range.count,
      blocks: k / blockSize, into: panel, with: kernels)
  }
}
