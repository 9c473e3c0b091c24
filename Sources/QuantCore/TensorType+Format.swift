extension TensorType {
  /// The format that encodes and decodes the type's blocks.
  ///
  /// This is the only place that leads from a type to its format.
  public var format: any TensorFormat.Type {
    switch self {
    case .f32: F32.self
    case .f16: F16.self
    case .bf16: BF16.self
    case .q4_0: Q4_0.self
    case .q8_0: Q8_0.self
    case .q4K: Q4_K.self
    case .q6K: Q6_K.self
    case .q4_1: Q4_1.self
    case .q5_0: Q5_0.self
    case .q5_1: Q5_1.self
    case .q8_1: Q8_1.self
    case .q2K: Q2_K.self
    case .q3K: Q3_K.self
    case .q5K: Q5_K.self
    case .q8K: Q8_K.self
    case .iq4NL: IQ4_NL.self
    case .iq4XS: IQ4_XS.self
    case .tq1_0: TQ1_0.self
    case .tq2_0: TQ2_0.self
    case .mxfp4: MXFP4.self
    case .nvfp4: NVFP4.self
    case .q1_0: Q1_0.self
    case .q2_0: Q2_0.self
    case .i8: I8.self
    case .i16: I16.self
    case .i32: I32.self
    case .i64: I64.self
    case .f64: F64.self
    case .iq1S: IQ1_S.self
    case .iq1M: IQ1_M.self
    case .iq2XXS: IQ2_XXS.self
    case .iq2XS: IQ2_XS.self
    case .iq2S: IQ2_S.self
    case .iq3XXS: IQ3_XXS.self
    case .iq3S: IQ3_S.self
    }
  }

  /// The multi-byte fields of one block, which a file of the other byte order stores swapped.
  public var multibyteFields: [BlockField] { format.multibyteFields }
}
