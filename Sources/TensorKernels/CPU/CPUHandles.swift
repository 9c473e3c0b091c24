import CTensorKernels
import QuantCore

/// Activations in host memory: rows of `stride` floats, of which the first `columns` count.
final class CPUActivations: ActivationStorage {
  /// Room for whole panels, so that kernels never need a tail.
  let stride: Int
  private let scratch: Scratch

  init(rows: Int, columns: Int, from pool: ScratchPool) {
    stride = columns.rounded(upTo: Int(TK_PANEL_ROWS))
    scratch = Scratch(byteCount: max(rows, 1) * stride * MemoryLayout<Float>.size, from: pool)
  }

  func row(_ index: Int) -> UnsafeMutablePointer<Float> { scratch.floats(at: index * stride) }
}

/// Rows that are decoded when they are looked up, straight from the source's bytes.
final class RowTable: WeightStorage {
  let source: any TensorSource
  let format: any TensorFormat.Type
  let rowBytes: Int

  init(source: any TensorSource, format: any TensorFormat.Type, rowBytes: Int) {
    self.source = source
    self.format = format
    self.rowBytes = rowBytes
  }

  var byteCount: Int { 0 }
}

/// A vector of floats, padded with zeros to whole panels.
final class FloatVector: WeightStorage {
  let memory: AlignedMemory
  let count: Int

  init(memory: AlignedMemory, count: Int) {
    self.memory = memory
    self.count = count
  }

  var byteCount: Int { memory.byteCount }
  var values: UnsafePointer<Float> {
    UnsafePointer(memory.pointer.assumingMemoryBound(to: Float.self))
  }
}
