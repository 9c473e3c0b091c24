internal import QuantCore

extension TensorType {
  /// The layout of this type's weights for the kernels, nil where no kernel reads the type.
  var packedFormat: (any PackedFormat.Type)? {
    switch self {
    case .f32: PackedF32.self
    case .f16: PackedF16.self
    case .bf16: PackedBF16.self
    case .q8_0: PackedQ8_0.self
    case .q4_0: PackedQ4_0.self
    case .q4K: PackedQ4_K.self
    case .q6K: PackedQ6_K.self
    default: nil
    }
  }
}
