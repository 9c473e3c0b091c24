internal import CTensorKernels

extension KernelSet {
  /// The element types of a cache, indices into the table's attention kernels.
  enum CacheElement: Int32, CaseIterable, Sendable {
    case f32, f16, bf16

    /// The size of one element.
    var bytes: Int { self == .f32 ? 4 : 2 }
  }

  /// The matrix product for weights in a packed format.
  func matmul(_ format: any PackedFormat.Type) -> tk_matmul_fn {
    table.pointee.matmul[format.kernel]
  }

  /// The products of queries with cached keys.
  func scores(_ element: CacheElement) -> tk_scores_fn {
    element.select(table.pointee.scores)
  }

  /// The sums of cached values weighted with probabilities.
  func mix(_ element: CacheElement) -> tk_mix_fn {
    element.select(table.pointee.mix)
  }

  /// The conversion from floats to cached elements.
  func store(_ element: CacheElement) -> tk_store_fn {
    element.select(table.pointee.store)
  }
}

extension KernelSet.CacheElement {
  fileprivate func select<Function>(_ functions: (Function, Function, Function)) -> Function {
    switch self {
    case .f32: functions.0
    case .f16: functions.1
    case .bf16: functions.2
    }
  }
}
