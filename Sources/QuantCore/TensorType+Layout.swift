extension TensorType {
  /// The name, the values and the bytes of one block: the one table that knows them.
  @inline(__always)
  private var layout: (name: String, blockSize: Int, blockBytes: Int) {
    switch self {
    case .f32: ("F32", 1, 4)
    case .f16: ("F16", 1, 2)
    case .q4_0: ("Q4_0", 32, 18)
    case .q4_1: ("Q4_1", 32, 20)
    case .q5_0: ("Q5_0", 32, 22)
    case .q5_1: ("Q5_1", 32, 24)
    case .q8_0: ("Q8_0", 32, 34)
    case .q8_1: ("Q8_1", 32, 36)
    case .q2K: ("Q2_K", 256, 84)
    case .q3K: ("Q3_K", 256, 110)
    case .q4K: ("Q4_K", 256, 144)
    case .q5K: ("Q5_K", 256, 176)
    case .q6K: ("Q6_K", 256, 210)
    case .q8K: ("Q8_K", 256, 292)
    case .iq2XXS: ("IQ2_XXS", 256, 66)
    case .iq2XS: ("IQ2_XS", 256, 74)
    case .iq3XXS: ("IQ3_XXS", 256, 98)
    case .iq1S: ("IQ1_S", 256, 50)
    case .iq4NL: ("IQ4_NL", 32, 18)
    case .iq3S: ("IQ3_S", 256, 110)
    case .iq2S: ("IQ2_S", 256, 82)
    case .iq4XS: ("IQ4_XS", 256, 136)
    case .i8: ("I8", 1, 1)
    case .i16: ("I16", 1, 2)
    case .i32: ("I32", 1, 4)
    case .i64: ("I64", 1, 8)
    case .f64: ("F64", 1, 8)
    case .iq1M: ("IQ1_M", 256, 56)
    case .bf16: ("BF16", 1, 2)
    case .tq1_0: ("TQ1_0", 256, 54)
    case .tq2_0: ("TQ2_0", 256, 66)
    case .mxfp4: ("MXFP4", 32, 17)
    case .nvfp4: ("NVFP4", 64, 36)
    case .q1_0: ("Q1_0", 128, 18)
    case .q2_0: ("Q2_0", 64, 18)
    }
  }

  /// The type's name as ggml spells it, such as `Q4_K`.
  public var name: String { layout.name }

  /// How many values one block holds; 1 for the types that are not quantized.
  public var blockSize: Int { layout.blockSize }

  /// How many bytes one block takes.
  public var blockBytes: Int { layout.blockBytes }

  /// Whether several values share one block.
  public var isQuantized: Bool { blockSize > 1 }

  /// The bits that one value takes, scales included.
  public var bitsPerWeight: Double { Double(8 * blockBytes) / Double(blockSize) }

  /// The bytes that `elements` values take.
  ///
  /// - Throws: ``QuantError/Code/partialBlock`` when the values do not fill whole
  ///   blocks, ``QuantError/Code/sizeOverflow`` when the result does not fit `Int`
  ///   or `elements` is negative.
  public func byteCount(elements: Int) throws(QuantError) -> Int {
    guard elements >= 0 else {
      throw QuantError(.sizeOverflow, "a tensor cannot have \(elements) values")
    }
    let (blocks, rest) = elements.quotientAndRemainder(dividingBy: blockSize)
    guard rest == 0 else {
      throw QuantError(
        .partialBlock,
        "\(elements) values do not fill whole \(name) blocks of \(blockSize); "
          + "use a type with smaller blocks")
    }
    let (bytes, overflow) = blocks.multipliedReportingOverflow(by: blockBytes)
    guard !overflow else {
      throw QuantError(.sizeOverflow, "\(elements) values of \(name) take more bytes than an Int")
    }
    return bytes
  }

  /// The bytes that a tensor of this type and `shape` takes; its rows fill whole blocks.
  ///
  /// - Parameter shape: `shape[0]` is the number of columns. An empty shape is a single value.
  /// - Throws: ``QuantError/Code/invalidShape`` for a dimension that is not
  ///   positive, ``QuantError/Code/partialBlock`` when a row does not fill whole
  ///   blocks, ``QuantError/Code/sizeOverflow`` when the number of values or of
  ///   bytes does not fit `Int`.
  public func byteCount(shape: [Int]) throws(QuantError) -> Int {
    var elements = 1
    for dimension in shape {
      guard dimension > 0 else {
        throw QuantError(.invalidShape, "a tensor cannot have the dimension \(dimension)")
      }
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard !overflow else {
        throw QuantError(.sizeOverflow, "a tensor of \(shape) has more values than an Int")
      }
      elements = product
    }
    // Rows are whole blocks, so that each can be read alone.
    _ = try byteCount(elements: shape.first ?? 1)
    return try byteCount(elements: elements)
  }
}
