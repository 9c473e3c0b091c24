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

/// The rows of one product's left-hand side in the forms that its weights read.
struct PreparedForms {
  private let source: CPUActivations
  private let columns: Int
  private let values: PreparedRows
  private var codes32: PreparedRows?
  private var codes256: PreparedRows?

  /// Floats alone.
  init(_ source: CPUActivations, columns: Int) {
    self.source = source
    self.columns = columns
    values = PreparedRows(source, columns: columns)
  }

  /// Whether there is a form that ``quantize(_:with:)`` makes.
  var isQuantized: Bool { codes32 != nil || codes256 != nil }

  /// Makes room for a form.
  mutating func add(_ form: ActivationForm, rows: Int, from pool: ScratchPool) {
    guard case .codes(let block) = form else { return }
    if block == 32 {
      guard codes32 == nil else { return }
      codes32 = PreparedRows(block: block, rows: rows, columns: columns, from: pool)
    } else {
      guard codes256 == nil else { return }
      codes256 = PreparedRows(block: block, rows: rows, columns: columns, from: pool)
    }
  }

  /// Quantizes a row in every form that was added.
  func quantize(_ row: Int, with table: tk_kernels) {
    codes32?.quantize(source.row(row), at: row, with: table)
    codes256?.quantize(source.row(row), at: row, with: table)
  }

  /// What a kernel reads, from row `first` on.
  func activations(_ form: ActivationForm, from first: Int) -> tk_activations {
    let rows =
      switch form {
      case .values: values
      case .codes(let block): block == 32 ? codes32 : codes256
      }
    guard let rows else { preconditionFailure("rows were not prepared as \(form)") }
    return rows.activations(from: first)
  }
}
