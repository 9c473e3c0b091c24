import CTensorKernels
import QuantCore
import Synchronization

/// A matrix for the kernels: panels in memory, or rows from which panels are made when they are
/// needed.
final class PanelMatrix: WeightStorage {
  let format: any PackedFormat.Type
  let panelCount: Int
  let panelBytes: Int
  /// The form of the rows that ``product`` multiplies with panels.
  let activations: ActivationForm
  let product: tk_matmul_fn
  /// How ``product`` wants many rows.
  let arrangement: tk_arrangement?
  private let kernels: KernelSet
  private let placement: WeightPlacement
  /// What panels are made from; nil where that was done at once.
  private let rows: Rows?
  private let state = Mutex(State())
  /// Where the panels are once they are in the state's memory, else 0: a number, as threads that share
  /// a reference would count it together for every task.
  private let address = Atomic<UInt>(0)

  private struct Rows {
    var source: any TensorSource
    var byteCount: Int
  }

  private struct State {
    /// The panels, which stay there from then on.
    var memory: AlignedMemory?
    /// How often panels would have been made so far, for products.
    var uses = 0
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
    self.placement = placement
    activations = format.activations
    product = kernels.matmul(format)
    arrangement = kernels.arrangement(format)
    panelBytes = format.panelBytes(k: source.columns)
    panelCount = format.panelCount(rows: source.rows)
    let given = Rows(source: source, byteCount: rowBytes)
    guard placement.packsAtOnce(panelBytes * panelCount, isMapped: source.isMapped) else {
      rows = given
      return
    }
    rows = nil
    guard let memory = pack(given, on: pool) else {
      throw BackendError(
        .outOfMemory, "no memory for \(panelBytes * panelCount) bytes of weights",
        tensor: source.name)
    }
    state.withLock { keep(memory, in: &$0) }
  }

  /// The memory of its own that the matrix takes.
  var byteCount: Int { packed == nil ? 0 : panelBytes * panelCount }

  /// To be called before a product that asks `times` times for each panel: packs the matrix where
  /// its placement says so.
  func willBeUsed(times: Int, on pool: WorkerPool) {
    guard packed == nil, placement == .automatic, let rows else { return }
    state.withLock { state in
      let before = state.uses
      state.uses += times
      // The use that reaches two: where there is no room then, the matrix stays mapped.
      guard before < 2, state.uses >= 2, placement.packs(panelBytes * panelCount) else { return }
      if let memory = pack(rows, on: pool) { keep(memory, in: &state) }
    }
  }

  /// Makes some panels of a matrix that is not packed.
  func makePanels(
    _ range: Range<Int>, in scratch: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    guard let rows else { preconditionFailure("a matrix without panels and rows") }
    pack(rows, range, into: scratch)
    return UnsafeRawPointer(scratch)
  }

  /// The panels, where they are in memory.
  var packed: UnsafeRawPointer? {
    UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring))
  }

  private func keep(_ memory: AlignedMemory, in state: inout State) {
    state.memory = memory
    address.store(UInt(bitPattern: memory.pointer), ordering: .releasing)
  }

  /// All panels, nil where there is no memory for them.
  private func pack(_ rows: Rows, on pool: WorkerPool) -> AlignedMemory? {
    let (count, bytes) = (panelCount, panelBytes)
    guard let memory = AlignedMemory(byteCount: count * bytes, isUsedWhole: true) else {
      return nil
    }
    let chunk = max(1, (256 << 10) / bytes)
    pool.run(tasks: (count + chunk - 1) / chunk) { task, _ in
      let panels = task * chunk..<min((task + 1) * chunk, count)
      pack(rows, panels, into: memory.pointer + panels.lowerBound * bytes)
    }
    rows.source.discardPages()
    return memory
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
