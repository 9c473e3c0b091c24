import CTensorKernels
public import QuantCore

extension CPUBackend {
  /// Packs a matrix or leaves it where it is, as ``weights`` says; decodes a vector, or remembers
  /// where a table's rows are.
  ///
  /// - Throws: ``BackendError`` for a type without kernels, a shape that does not fill blocks, or
  ///   when memory runs out.
  public func prepare(
    _ source: any TensorSource, as role: WeightRole
  ) throws(BackendError) -> any WeightStorage {
    let (rowBytes, overflow) = (source.columns / source.type.blockSize)
      .multipliedReportingOverflow(by: source.type.blockBytes)
    guard !overflow, source.columns > 0, source.rows > 0,
      source.columns.isMultiple(of: source.type.blockSize)
    else {
      throw BackendError(
        .invalidTensor, "rows of \(source.columns) do not fill blocks of \(source.type.name)",
        tensor: source.name)
    }
    switch role {
    case .matrix: return try pack(source, rowBytes: rowBytes)
    case .vector: return try decode(source)
    case .table:
      try checkSize(of: source, rowBytes: rowBytes)
      return RowTable(source: source, format: source.type.format, rowBytes: rowBytes)
    }
  }

  /// The memory that a matrix takes when it is prepared: the file's bytes, with the rows rounded up
  /// to whole panels; more for the types that are packed as numbers of levels.
  ///
  /// - Parameters:
  ///   - source: The matrix.
  ///   - type: What it is prepared as; its own type unless given.
  public static func matrixBytes(of source: some TensorSource, as type: TensorType? = nil) -> Int {
    guard let format = (type ?? source.type).packedFormat else { return source.byteCount }
    return format.panelBytes(k: source.columns) * format.panelCount(rows: source.rows)
  }

  private func unsupported(_ source: any TensorSource) -> BackendError {
    BackendError(
      .unsupportedType, "weights of type \(source.type.name) cannot be used here yet",
      tensor: source.name)
  }

  private func checkSize(of source: any TensorSource, rowBytes: Int) throws(BackendError) {
    let available = source.withBytes { $0.byteCount }
    guard available == rowBytes * source.rows else {
      throw BackendError(
        .invalidTensor, "\(available) bytes instead of \(rowBytes * source.rows)",
        tensor: source.name)
    }
  }

  private func pack(
    _ source: any TensorSource, rowBytes: Int
  ) throws(BackendError) -> any WeightStorage {
    guard let format = source.type.packedFormat else { throw unsupported(source) }
    try checkSize(of: source, rowBytes: rowBytes)
    return try PanelMatrix(
      source, format: format, rowBytes: rowBytes, placement: weights, kernels: kernels, pool: pool)
  }

  private func decode(_ source: any TensorSource) throws(BackendError) -> any WeightStorage {
    let values: [Float]
    do {
      values = try source.decoded()
    } catch {
      throw BackendError(.invalidTensor, error.message, tensor: source.name)
    }
    let padded = values.count.rounded(upTo: Int(TK_PANEL_ROWS))
    guard let memory = AlignedMemory(byteCount: padded * MemoryLayout<Float>.size) else {
      throw BackendError(.outOfMemory, "no memory for a vector", tensor: source.name)
    }
    let target = memory.pointer.bindMemory(to: Float.self, capacity: padded)
    target.initialize(repeating: 0, count: padded)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      target.update(from: base, count: source.count)
    }
    return FloatVector(memory: memory, count: values.count)
  }
}
