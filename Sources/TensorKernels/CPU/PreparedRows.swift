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

  /// What a kernel reads, from any row on.
  var pointers: RowPointers {
    RowPointers(
      all: tk_activations(
        values: values, values_stride: valuesStride, codes: codes, scales: scales, sums: sums,
        k: columns, arranged: nil),
      block: block)
  }
}

/// Rows as kernels read them. A plain value, for tasks that would otherwise count references; whoever
/// made the rows keeps them.
struct RowPointers {
  /// All rows.
  fileprivate(set) var all: tk_activations
  fileprivate let block: Int
  /// Bytes of an arranged row, of all its runs.
  fileprivate(set) var arrangedBytes = 0

  fileprivate init(all: tk_activations, block: Int) {
    self.all = all
    self.block = block
  }

  /// The rows from row `first` on, which begins a group where rows are arranged.
  func from(_ first: Int) -> tk_activations {
    tk_activations(
      values: all.values.map { $0 + first * all.values_stride },
      values_stride: all.values_stride,
      codes: all.codes.map { $0 + first * all.k },
      scales: all.scales.map { $0 + first * all.k / block },
      sums: all.sums.map { $0 + first * all.k / 16 },
      k: all.k, arranged: all.arranged.map { $0 + first * arrangedBytes })
  }
}

/// Rows arranged for the kernel of one type, in groups of ``groupRows``.
struct ArrangedRows {
  /// Rows that are arranged together, and multiplied by one call.
  static var groupRows: Int { Int(TK_ARRANGED_TOKENS) }

  let format: any PackedFormat.Type
  private let arrangement: tk_arrangement
  private let rows: Int
  let bytesPerRow: Int
  private let scratch: Scratch

  init(
    for format: any PackedFormat.Type, _ arrangement: tk_arrangement, rows: Int, columns: Int,
    from pool: ScratchPool
  ) {
    self.format = format
    self.arrangement = arrangement
    self.rows = rows
    bytesPerRow = (columns + 255) / 256 * arrangement.row_bytes
    scratch = Scratch(byteCount: rows * bytesPerRow, from: pool)
  }

  func arrange(_ row: Int, of activations: inout tk_activations) {
    arrangement.arrange(&activations, row, rows, scratch.pointer)
  }

  var pointer: UnsafeRawPointer { UnsafeRawPointer(scratch.pointer) }
}

/// The rows of one product's left-hand side in the forms that its weights read. A class, for its parts
/// are references that copies would count.
final class PreparedForms {
  /// Kernels multiply fewer rows as they are.
  private static var fewestArrangedRows: Int { 16 }

  private let source: CPUActivations
  private let count: Int
  private let columns: Int
  private let values: PreparedRows
  private var codes32: PreparedRows?
  private var codes256: PreparedRows?
  private var arranged: [ArrangedRows] = []

  /// The floats of `rows` rows alone.
  init(_ source: CPUActivations, rows: Int, columns: Int) {
    self.source = source
    count = rows
    self.columns = columns
    values = PreparedRows(source, columns: columns)
  }

  /// Whether there is a form that ``prepare(_:with:)`` makes.
  var needsPreparing: Bool { codes32 != nil || codes256 != nil || !arranged.isEmpty }

  /// Makes room for what a matrix reads.
  func add(_ weight: PanelMatrix, from pool: ScratchPool) {
    if case .codes(let block) = weight.activations {
      if block == 32 {
        codes32 = codes32 ?? PreparedRows(block: 32, rows: count, columns: columns, from: pool)
      } else {
        codes256 =
          codes256 ?? PreparedRows(block: block, rows: count, columns: columns, from: pool)
      }
    }
    guard count >= Self.fewestArrangedRows, let arrangement = weight.arrangement,
      !arranged.contains(where: { $0.format == weight.format })
    else { return }
    arranged.append(
      ArrangedRows(
        for: weight.format, arrangement, rows: count, columns: columns, from: pool))
  }

  /// Makes every form of a row that was added.
  func prepare(_ row: Int, with table: tk_kernels) {
    codes32?.quantize(source.row(row), at: row, with: table)
    codes256?.quantize(source.row(row), at: row, with: table)
    for rows in arranged {
      var activations = form(rows.format.activations).pointers.all
      rows.arrange(row, of: &activations)
    }
  }

  /// What a matrix reads.
  func pointers(for weight: PanelMatrix) -> RowPointers {
    var pointers = form(weight.activations).pointers
    if let rows = arranged.first(where: { $0.format == weight.format }) {
      pointers.all.arranged = rows.pointer
      pointers.arrangedBytes = rows.bytesPerRow
    }
    return pointers
  }

  private func form(_ form: ActivationForm) -> PreparedRows {
    let rows =
      switch form {
      case .values: values
      case .codes(let block): block == 32 ? codes32 : codes256
      }
    guard let rows else { preconditionFailure("rows were not prepared as \(form)") }
    return rows
  }
}
