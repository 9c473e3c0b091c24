import CTensorKernels

/// The rows of one product's left-hand side in one form, quantized once and shared by all weights
/// that read this form.
struct PreparedRows {
  /// Codes per scale, 1 for floats.
  private let block: Int
  private let columns: Int
  private let valuesStride: Int
  private let values: UnsafeMutablePointer<Float>?
  private let codes: UnsafeMutablePointer<Int8>?
  private let scales: UnsafeMutablePointer<Float>?
  private let sums: UnsafeMutablePointer<Int16>?
  private let scratch: Scratch?
  private let owner: CPUActivations?

  /// Room for rows quantized in blocks; `columns` is a multiple of `block`.
  init(block: Int, rows: Int, columns: Int, from pool: ScratchPool) {
    self.block = block
    self.columns = columns
    let scaleOffset = (rows * columns).rounded(upTo: AlignedMemory.alignment)
    let sumOffset = (scaleOffset + rows * columns / block * 4)
      .rounded(upTo: AlignedMemory.alignment)
    let scratch = Scratch(byteCount: sumOffset + rows * columns / 16 * 2, from: pool)
    self.scratch = scratch
    owner = nil
    values = nil
    valuesStride = 0
    codes = scratch.pointer.assumingMemoryBound(to: Int8.self)
    scales = (scratch.pointer + scaleOffset).assumingMemoryBound(to: Float.self)
    sums = (scratch.pointer + sumOffset).assumingMemoryBound(to: Int16.self)
  }

  /// Float rows that exist already.
  init(_ rows: CPUActivations, columns: Int) {
    block = 1
    self.columns = columns
    owner = rows
    values = rows.row(0)
    valuesStride = rows.stride
    codes = nil
    scales = nil
    sums = nil
    scratch = nil
  }

  /// Quantizes one row of floats.
  func quantize(_ row: UnsafePointer<Float>, at index: Int, with table: tk_kernels) {
    guard let codes, let scales, let sums else { return }
    let quantize: tk_quantize_fn = block == 32 ? table.quantize32 : table.quantize256
    quantize(
      row, columns, codes + index * columns, scales + index * columns / block,
      sums + index * columns / 16)
  }

  /// What a kernel reads, from row `first` on.
  func activations(from first: Int) -> tk_activations {
    tk_activations(
      values: values.map { UnsafePointer($0 + first * valuesStride) },
      values_stride: valuesStride,
      codes: codes.map { UnsafePointer($0 + first * columns) },
      scales: scales.map { UnsafePointer($0 + first * columns / block) },
      sums: sums.map { UnsafePointer($0 + first * columns / 16) },
      k: columns)
  }
}
