import CTensorKernels
import QuantCore

/// A matrix for the kernels: panels in memory, or rows from which panels are made when they are
/// needed.
final class PanelMatrix: WeightStorage {
  let format: any PackedFormat.Type
  let panelCount: Int
  let panelBytes: Int
  private let kernels: KernelSet
  private let place: Place

  private enum Place {
    case packed(AlignedMemory)
    case mapped(any TensorSource, rowBytes: Int)
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
    panelBytes = format.panelBytes(k: source.columns)
    panelCount = format.panelCount(rows: source.rows)
    guard placement.packs(panelBytes * panelCount) else {
      place = .mapped(source, rowBytes: rowBytes)
      return
    }
    guard let memory = AlignedMemory(byteCount: panelBytes * panelCount) else {
      throw BackendError(
        .outOfMemory, "no memory for \(panelBytes * panelCount) bytes of weights",
        tensor: source.name)
    }
    place = .packed(memory)
    let (count, bytes) = (panelCount, panelBytes)
    let chunk = max(1, (256 << 10) / bytes)
    pool.run(tasks: (count + chunk - 1) / chunk) { task, _ in
      let panels = task * chunk..<min((task + 1) * chunk, count)
      pack(source, rowBytes, panels, into: memory.pointer + panels.lowerBound * bytes)
    }
    source.discardPages()
  }

  /// The memory of its own that the matrix takes.
  var byteCount: Int {
    switch place {
    case .packed(let memory): memory.byteCount
    case .mapped: 0
    }
  }

  /// The bytes that ``panels(_:using:)`` needs for each panel.
  var scratchBytes: Int {
    switch place {
    case .packed: 0
    case .mapped: panelBytes
    }
  }

  /// Some panels, made in `scratch` where they are not in memory.
  func panels(_ range: Range<Int>, using scratch: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    switch place {
    case .packed(let memory):
      return UnsafeRawPointer(memory.pointer) + range.lowerBound * panelBytes
    case .mapped(let source, let rowBytes):
      pack(source, rowBytes, range, into: scratch)
      return UnsafeRawPointer(scratch)
    }
  }

  private func pack(
    _ source: any TensorSource, _ rowBytes: Int, _ panels: Range<Int>,
    into target: UnsafeMutableRawPointer
  ) {
    let (rows, columns) = (source.rows, source.columns)
    source.withBytes { bytes in
      bytes.withUnsafeBytes { bytes in
        for (index, panel) in panels.enumerated() {
          let first = panel * format.panelRows
          format.pack(
            rows: bytes, rowBytes: rowBytes, range: first..<min(first + format.panelRows, rows),
            k: columns, into: target + index * panelBytes, with: kernels)
        }
      }
    }
  }
}
