internal import CTensorKernels
internal import QuantCore

extension TensorType {
  /// The layout of this type's weights for the kernels, nil where no kernel reads the type.
  var packedFormat: (any PackedFormat.Type)? {
    switch self {
    case .f32: PackedF32.self
    case .f16: PackedF16.self
    case .bf16: PackedBF16.self
    case .q8_0: PackedQ8_0.self
    case .q8_1: PackedQ8_1.self
    case .q8K: PackedQ8_K.self
    case .q4_0: PackedQ4_0.self
    case .q4_1: PackedQ4_1.self
    case .q5_0: PackedQ5_0.self
    case .q5_1: PackedQ5_1.self
    case .q1_0: PackedQ1_0.self
    case .q2_0: PackedQ2_0.self
    case .iq4NL: PackedIQ4_NL.self
    case .mxfp4: PackedMXFP4.self
    case .nvfp4: PackedNVFP4.self
    case .q2K: PackedQ2_K.self
    case .q3K: PackedQ3_K.self
    case .q4K: PackedQ4_K.self
    case .q5K: PackedQ5_K.self
    case .q6K: PackedQ6_K.self
    case .iq4XS: PackedIQ4_XS.self
    case .iq3S: PackedIQ3_S.self
    case .iq3XXS: PackedIQ3_XXS.self
    case .iq2S: PackedIQ2_S.self
    case .iq2XS: PackedIQ2_XS.self
    case .iq2XXS: PackedIQ2_XXS.self
    case .iq1S: PackedIQ1_S.self
    case .iq1M: PackedIQ1_M.self
    case .tq1_0: PackedTQ1_0.self
    case .tq2_0: PackedTQ2_0.self
    default: nil
    }
  }
}

extension ScalarKernels {
  /// The plain Swift products, by ``PackedFormat/kernel``.
  static let products: [tk_matmul_fn] = {
    let formats = TensorType.allCases.compactMap(\.packedFormat)
    return (0..<Int(TK_WEIGHT_TYPE_COUNT)).map { kernel in
      guard let format = formats.first(where: { $0.kernel == kernel }) else {
        preconditionFailure("no packed format for kernel \(kernel)")
      }
      return format.scalar
    }
  }()
}
