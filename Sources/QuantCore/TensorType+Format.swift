extension TensorType {
  /// The format that encodes and decodes the type's blocks; `nil` for a type without a codec.
  ///
  /// This is the only place that leads from a type to its format.
  public var format: (any TensorFormat.Type)? {
    switch self {
    case .f32: F32.self
    case .f16: F16.self
    case .bf16: BF16.self
    case .q4_0: Q4_0.self
    case .q8_0: Q8_0.self
    case .q4K: Q4_K.self
    case .q6K: Q6_K.self
    default: nil
    }
  }

  /// The multi-byte fields of one block, which a file of the other byte order stores swapped;
  /// `nil` where they are not known, that is for a quantized type without a codec.
  public var multibyteFields: [BlockField]? {
    if let format { return format.multibyteFields }
    guard !isQuantized else { return nil }
    return blockBytes == 1 ? [] : [BlockField(offset: 0, width: blockBytes)]
  }
}
