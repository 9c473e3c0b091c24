import CTensorKernels

/// One weight and what becomes of its product.
struct MatrixProduct {
  enum Epilogue {
    case store(CPUActivations, bias: FloatVector?)
    case add(CPUActivations, bias: FloatVector?)
    case gate(CPUActivations, bias: FloatVector?, Gated)
  }

  /// The upper branch of a gated product.
  struct Gated {
    var up: PanelMatrix
    var upBias: FloatVector?
    var function: ActivationFunction
  }

  var weight: PanelMatrix
  var out: Epilogue

  /// Calls `body` with the weight, and with a gated product's upper one.
  func forEachWeight(_ body: (PanelMatrix) -> Void) {
    body(weight)
    if case .gate(_, _, let gated) = out { body(gated.up) }
  }
}

/// The rows of a product, cut into blocks that are multiplied by one call.
struct RowBlocks {
  let rows: Int
  let perBlock: Int
  var count: Int { (rows + perBlock - 1) / perBlock }

  func range(_ block: Int) -> Range<Int> {
    block * perBlock..<min((block + 1) * perBlock, rows)
  }
}

/// A product as its tasks read it: plain values and pointers, for a task takes microseconds and counting
/// references would be a good part of it. Whoever makes a plan keeps what it points to.
struct ProductPlan {
  enum Use {
    case store
    case add
    case gate(WeightPlan, ActivationFunction)
  }

  /// A matrix with the rows that it multiplies.
  struct WeightPlan {
    let bias: UnsafePointer<Float>?
    private let matrix: Unmanaged<PanelMatrix>
    private let packed: UnsafeRawPointer?
    private let panelBytes: Int
    private let product: tk_matmul_fn
    private let rows: RowPointers
    /// The bytes that making a panel needs.
    let scratchBytes: Int

    init(_ matrix: PanelMatrix, bias: FloatVector?, rows: PreparedForms) {
      self.bias = bias.map { $0.values }
      self.matrix = .passUnretained(matrix)
      packed = matrix.packed
      panelBytes = matrix.panelBytes
      product = matrix.product
      self.rows = rows.pointers(for: matrix)
      scratchBytes = packed == nil ? panelBytes : 0
    }

    /// Multiplies some rows with some panels, which are made in `made` where they are not in memory.
    func multiply(
      _ rows: Range<Int>, by panels: Range<Int>, made: UnsafeMutableRawPointer,
      into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
      var activations = self.rows.from(rows.lowerBound)
      let weights =
        packed.map { $0 + panels.lowerBound * panelBytes }
        ?? matrix._withUnsafeGuaranteedRef { $0.makePanels(panels, in: made) }
      product(weights, panels.count, &activations, rows.count, out, stride)
    }
  }

  let weight: WeightPlan
  let use: Use
  let out: UnsafeMutablePointer<Float>
  let stride: Int
  /// The tasks of this product among those of all: block after block of rows for the same panels, so
  /// that these are read from memory once.
  let tasks: Range<Int>
  private let panelCount: Int
  private let panelsPerTask: Int

  init(
    _ product: MatrixProduct, rows: PreparedForms, blocks: RowBlocks, firstTask: Int,
    threadCount: Int
  ) {
    let target: CPUActivations
    let bias: FloatVector?
    switch product.out {
    case .store(let out, let first):
      (target, bias, use) = (out, first, .store)
    case .add(let out, let first):
      (target, bias, use) = (out, first, .add)
    case .gate(let out, let first, let gated):
      (target, bias) = (out, first)
      use = .gate(WeightPlan(gated.up, bias: gated.upBias, rows: rows), gated.function)
    }
    weight = WeightPlan(product.weight, bias: bias, rows: rows)
    out = target.row(0)
    stride = target.stride
    panelCount = product.weight.panelCount
    let fair = max(1, panelCount / (threadCount * 2))
    panelsPerTask = min(Self.panels(of: product.weight, rows: blocks.rows), fair)
    let parts = (panelCount + panelsPerTask - 1) / panelsPerTask
    tasks = firstTask..<firstTask + parts * blocks.count
  }

  /// Panels of a task: long enough to hide the scheduling, short enough to balance it. Float kernels
  /// read four panels side by side for a single row; with many rows, sums are kept of sixteen.
  private static func panels(of weight: PanelMatrix, rows: Int) -> Int {
    let bytes = max(weight.panelBytes, 1)
    guard rows < 16 else { return max(16, (256 << 10) / bytes) }
    return max(weight.activations == .values ? 4 : 1, (96 << 10) / bytes)
  }

  /// The rows and panels of a task.
  func part(task: Int, of blocks: RowBlocks) -> (rows: Range<Int>, panels: Range<Int>) {
    let (part, block) = (task - tasks.lowerBound).quotientAndRemainder(dividingBy: blocks.count)
    let first = part * panelsPerTask
    return (blocks.range(block), first..<min(first + panelsPerTask, panelCount))
  }

  /// Bytes of a task's products, where these do not go to their place at once.
  func temporaryBytes(for blocks: RowBlocks) -> Int {
    let bytes = blocks.perBlock * panelsPerTask * Int(TK_PANEL_ROWS) * MemoryLayout<Float>.size
    switch use {
    case .store: return 0
    case .add: return bytes
    case .gate: return 2 * bytes
    }
  }

  /// Bytes of working memory of a task: its products, and then panels that are made.
  func scratchBytes(for blocks: RowBlocks) -> Int {
    var made = weight.scratchBytes
    if case .gate(let up, _) = use { made = max(made, up.scratchBytes) }
    return temporaryBytes(for: blocks) + panelsPerTask * made
  }
}
