internal import CTensorKernels

extension KernelSet {
  /// The families of weights, indices into the table's matrix products.
  enum WeightFamily: Int32, CaseIterable, Sendable {
    case f32, f16, bf16, q8_0, q4_0, q4K, q6K
  }

  /// The element types of a cache, indices into the table's attention kernels.
  enum CacheElement: Int32, CaseIterable, Sendable {
    case f32, f16, bf16

    /// The size of one element.
    var bytes: Int { self == .f32 ? 4 : 2 }
  }

  /// The matrix product for weights of a family.
  func matmul(_ family: WeightFamily) -> tk_matmul_fn {
    let functions = table.pointee.matmul
    return switch family {
    case .f32: functions.0
    case .f16: functions.1
    case .bf16: functions.2
    case .q8_0: functions.3
    case .q4_0: functions.4
    case .q4K: functions.5
    case .q6K: functions.6
    }
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
