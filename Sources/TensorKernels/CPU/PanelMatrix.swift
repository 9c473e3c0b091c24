import CTensorKernels
import QuantCore

/// A matrix for the kernels: panels in memory, or rows from which panels are made when they are
/// needed.
final class PanelMatrix: WeightStorage {
  let format: any PackedFormat.Type
  let panelCount: Int
  let panelBytes: Int
  /// The form of the rows that ``product`` multiplies with panels.
  let activations: ActivationForm
  let product: tk_matmul_fn
  private let kernels: KernelSet
  /// The panels, or else (one of the two is nil) the rows that they are made from.
  private let packed: AlignedMemory?
  private let mapped: Rows?

  private struct Rows {
    var source: any TensorSource
    var byteCount: Int
  }

  /// A matrix of whole blocks of `format`, packed on all threads of a pool or left where it is.
  ///
  /// - Throws: ``BackendError/Code-swift.struct/outOfMemory``.
  init(
    _ source: any TensorSource, format: any PackedFormat.Type, rowBytes: Int,
    placement: WeightPlacement, kernels: KernelSet, pool: WorkerPool
  ) throws(BackendError) {
    self.format = format
    self.kernels = kernels
    activations = format.activations
    product = kernels.matmul(format)
    panelBytes = format.panelBytes(k: source.columns)
    panelCount = format.panelCount(rows: source.rows)
    let rows = Rows(source: source, byteCount: rowBytes)
    guard placement.packs(panelBytes * panelCount) else {
      packed = nil
      mapped = rows
      return
    }
    guard let memory = AlignedMemory(byteCount: panelBytes * panelCount, isUsedWhole: true) else {
      throw BackendError(
        .outOfMemory, "no memory for \(panelBytes * panelCount) bytes of weights",
        tensor: source.name)
    }
    packed = memory
    mapped = nil
    let (count, bytes) = (panelCount, panelBytes)
    let chunk = max(1, (256 << 10) / bytes)
    pool.run(tasks: (count + chunk - 1) / chunk) { task, _ in
      let panels = task * chunk..<min((task + 1) * chunk, count)
      pack(rows, panels, into: memory.pointer + panels.lowerBound * bytes)
    }
    source.discardPages()
  }

  /// The memory of its own that the matrix takes.
  var byteCount: Int { packed?.byteCount ?? 0 }

  /// The bytes that ``panels(_:using:)`` needs for each panel.
  var scratchBytes: Int { packed == nil ? panelBytes : 0 }

  /// Some panels, made in `scratch` where they are not in memory.
  func panels(_ range: Range<Int>, using scratch: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    if let packed { return UnsafeRawPointer(packed.pointer) + range.lowerBound * panelBytes }
    guard let mapped else { preconditionFailure("a matrix without panels and rows") }
    pack(mapped, range, into: scratch)
    return UnsafeRawPointer(scratch)
  }

  private func pack(_ rows: Rows, _ panels: Range<Int>, into target: UnsafeMutableRawPointer) {
    let source = rows.source
    source.withBytes { bytes in
      bytes.withUnsafeBytes { bytes in
        for (index, panel) in panels.enumerated() {
          let first = panel * format.panelRows
          format.pack(
            rows: bytes, rowBytes: rows.byteCount,
            range: first..<min(first + format.panelRows, source.rows), k: source.columns,
            into: target + index * panelBytes, with: kernels)
        }
      }
    }
  }
}
