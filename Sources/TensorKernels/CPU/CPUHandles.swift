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

/// A matrix in the kernels' panel layout.
final class PackedMatrix: WeightStorage {
  let memory: AlignedMemory
  let panelCount: Int
  let panelBytes: Int
  let format: any PackedFormat.Type

  init(memory: AlignedMemory, panelCount: Int, panelBytes: Int, format: any PackedFormat.Type) {
    self.memory = memory
    self.panelCount = panelCount
    self.panelBytes = panelBytes
    self.format = format
  }

  var byteCount: Int { memory.byteCount }

  func panel(_ index: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(memory.pointer) + index * panelBytes
  }
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

/// Keys and values of a sequence: per layer and head `[capacity, headDimension padded to lanes]`.
final class CPUCache: CacheStorage {
  let shape: CacheShape
  /// Elements of a stored vector.
  let dimension: Int
  private let layers: [Layer]

  private struct Layer {
    var keys: AlignedMemory
    var values: AlignedMemory
  }

  init?(_ shape: CacheShape) {
    self.shape = shape
    dimension = shape.headDimension.rounded(upTo: Int(TK_LANES))
    var layers: [Layer] = []
    for heads in shape.keyValueHeads {
      let (vectors, overflow) = heads.multipliedReportingOverflow(by: shape.capacity)
      let (bytes, overflow2) = vectors.multipliedReportingOverflow(
        by: dimension * shape.type.byteCount)
      // Large blocks come from the system as untouched pages, so an unused context costs nothing.
      guard !overflow, !overflow2, let keys = AlignedMemory(byteCount: bytes),
        let values = AlignedMemory(byteCount: bytes)
      else { return nil }
      layers.append(Layer(keys: keys, values: values))
    }
    self.layers = layers
  }

  var byteCount: Int {
    layers.reduce(0) { $0 + $1.keys.byteCount + $1.values.byteCount }
  }

  private var vectorBytes: Int { dimension * shape.type.byteCount }

  func keys(layer: Int, head: Int, position: Int = 0) -> UnsafeMutableRawPointer {
    layers[layer].keys.pointer + (head * shape.capacity + position) * vectorBytes
  }

  func values(layer: Int, head: Int, position: Int = 0) -> UnsafeMutableRawPointer {
    layers[layer].values.pointer + (head * shape.capacity + position) * vectorBytes
  }

  /// Copies the first `count` positions of `other`, which has the same shape.
  func copy(_ other: CPUCache, count: Int) {
    for (layer, heads) in shape.keyValueHeads.enumerated() {
      for head in 0..<heads {
        keys(layer: layer, head: head).copyMemory(
          from: other.keys(layer: layer, head: head), byteCount: count * vectorBytes)
        values(layer: layer, head: head).copyMemory(
          from: other.values(layer: layer, head: head), byteCount: count * vectorBytes)
      }
    }
  }
}
