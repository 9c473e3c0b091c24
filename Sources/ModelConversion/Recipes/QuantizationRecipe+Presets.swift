import QuantCore

// The presets. File types are the numbers of llama.cpp's `llama_ftype`, the rules what its
// quantizer was observed and documented to do.
extension QuantizationRecipe {
  /// Every tensor as it is.
  public static let copy = QuantizationRecipe(
    name: "COPY", fileType: nil, copying: nil, types: [], rule: { _ in nil })
  /// 32-bit floating point.
  public static let f32 = preset("F32", 0, .f32)
  /// Half precision.
  public static let f16 = preset("F16", 1, .f16)
  /// The upper half of 32-bit floating point.
  public static let bf16 = preset("BF16", 32, .bf16)
  /// 8 bits: as good as the original.
  public static let q8_0 = preset("Q8_0", 7, .q8_0)
  /// 4 bits, the oldest kind.
  public static let q4_0 = preset("Q4_0", 2, .q4_0, [.q6K])
  /// 4 bits with a minimum.
  public static let q4_1 = preset("Q4_1", 3, .q4_1, [.q6K])
  /// 5 bits, the oldest kind.
  public static let q5_0 = preset("Q5_0", 8, .q5_0, [.q6K])
  /// 5 bits with a minimum.
  public static let q5_1 = preset("Q5_1", 9, .q5_1, [.q6K])
  /// Ternary, 1.69 bits, for models that were trained so.
  public static let tq1_0 = preset("TQ1_0", 36, .tq1_0, [.q4K, .q6K], embeddingsAsQ4K)
  /// Ternary, 2.06 bits, for models that were trained so.
  public static let tq2_0 = preset("TQ2_0", 37, .tq2_0, [.q4K, .q6K], embeddingsAsQ4K)
  /// Signs only, 1.13 bits, for models that were trained so.
  public static let q1_0 = preset("Q1_0", 40, .q1_0, [.q6K])
  /// Four levels, 2.25 bits, for models that were trained so.
  public static let q2_0 = preset("Q2_0", 41, .q2_0, [.q4K, .q6K], embeddingsAsQ4K)

  /// About 2.6 bits and some more for what matters: the smallest that is usable without an
  /// importance matrix.
  public static let q2K = preset("Q2_K", 10, .q2K, [.q3K, .q4K, .q6K]) { site in
    switch site.role {
    case .attentionValue: site.sharesValues ? .q4K : .q3K
    case .feedForwardDown: .q3K
    case .attentionOutput where !site.isFalcon: site.hasEightExperts ? .q5K : .q3K
    default: nil
    }
  }

  /// 3 bits for nearly all.
  public static let q3KS = preset("Q3_K_S", 11, .q3K, [.q6K], favoringExpertsAttention)

  /// 3 bits, 4 and 5 for what matters.
  public static let q3KM = preset("Q3_K_M", 12, .q3K, [.q4K, .q5K, .q6K]) { site in
    switch site.role {
    case .attentionValue: site.layer < 2 ? .q5K : .q4K
    case .feedForwardDown where site.isInFirst(oneIn: 16): .q5K
    case .feedForwardDown: !site.isFalcon || site.isFavored ? .q4K : .q3K
    case .attentionOutput where !site.isFalcon: site.hasEightExperts ? .q5K : .q4K
    default: nil
    }
  }

  /// 3 bits, 5 for what matters.
  public static let q3KL = preset("Q3_K_L", 13, .q3K, [.q5K, .q6K]) { site in
    switch site.role {
    case .attentionValue: .q5K
    case .attentionOutput where site.hasEightExperts && !site.isFalcon: nil
    case .feedForwardDown, .attentionOutput: site.isFalcon ? .q4K : .q5K
    default: nil
    }
  }

  /// 4 bits for nearly all.
  public static let q4KS = preset("Q4_K_S", 14, .q4K, [.q5K, .q6K]) { site in
    switch site.role {
    case .attentionValue where site.layer < 4: .q5K
    case .feedForwardDown where site.isInFirst(oneIn: 8) && !site.isFalcon: .q5K
    default: favoringExpertsAttention(site)
    }
  }

  /// 4 bits, 6 for what matters: what most people use.
  public static let q4KM = preset("Q4_K_M", 15, .q4K, [.q6K]) { site in
    switch site.role {
    case .attentionValue where site.isFavored: .q6K
    case .feedForwardDown where site.isFalcon:
      site.isInFirst(oneIn: 16) ? .q6K : site.isFavored ? .q5K : .q4K
    case .feedForwardDown where site.isFavored: .q6K
    default: favoringExpertsAttention(site)
    }
  }

  /// 5 bits for nearly all.
  public static let q5KS = preset("Q5_K_S", 16, .q5K, [.q6K])

  /// 5 bits, 6 for what matters.
  public static let q5KM = preset("Q5_K_M", 17, .q5K, [.q6K]) { site in
    switch site.role {
    case .attentionValue where site.isFavored: .q6K
    case .feedForwardDown where site.isFavored: .q6K
    default: nil
    }
  }

  /// 6 bits: nearly as good as the original.
  public static let q6K = preset("Q6_K", 18, .q6K)

  /// 4 bits, sixteen uneven levels, blocks of 32.
  public static let iq4NL = preset("IQ4_NL", 25, .iq4NL, [.q5K, .q6K], unevenLevels)

  /// 4.25 bits, sixteen uneven levels, blocks of 256.
  public static let iq4XS = preset("IQ4_XS", 30, .iq4XS, [.q5K, .q6K], unevenLevels)

  /// 3.44 bits from a codebook.
  public static let iq3S = preset("IQ3_S", 26, .iq3S, [.q4K, .q6K]) { site in
    site.role == .attentionValue && site.sharesValues ? .q4K : favoringExpertsAttention(site)
  }

  /// 3.44 bits from a codebook, 4.5 for what matters.
  public static let iq3M = preset("IQ3_M", 27, .iq3S, [.q4K, .q6K]) { site in
    switch site.role {
    case .attentionValue: .q4K
    case .feedForwardDown where site.isInFirst(oneIn: 8): .q4K
    case .feedForwardDown where site.hasEightExperts && site.isFavored: .q4K
    case .attentionOutput where !site.isFalcon: site.hasEightExperts ? .q5K : .q4K
    default: nil
    }
  }

  /// 4-bit floating point for the experts, 8 bits for the rest.
  public static let mxfp4MOE = preset("MXFP4_MOE", 38, .mxfp4, [.q8_0]) { site in
    site.shape.count > 2 && site.shape[2] > 1 && site.role != .output ? .mxfp4 : .q8_0
  }

  static let allPresets = [
    copy, f32, f16, bf16, q8_0, q6K, q5KM, q5KS, q5_1, q5_0, q4KM, q4KS, q4_1, q4_0, iq4NL, iq4XS,
    mxfp4MOE, q3KL, q3KM, q3KS, iq3M, iq3S, q2K, q2_0, tq2_0, tq1_0, q1_0,
  ]

  private static func preset(
    _ name: String, _ fileType: UInt32, _ type: TensorType, _ others: Set<TensorType> = [],
    _ rule: @escaping Rule = { _ in nil }
  ) -> QuantizationRecipe {
    QuantizationRecipe(
      name: name, fileType: fileType, defaultType: type, types: others, rule: rule)
  }

  // MARK: Rules that presets share

  @Sendable private static func embeddingsAsQ4K(_ site: TensorSite) -> TensorType? {
    site.role == .tokenEmbedding ? .q4K : nil
  }

  /// Where there are eight experts, attention is so small that it may take more.
  @Sendable private static func favoringExpertsAttention(_ site: TensorSite) -> TensorType? {
    site.role == .attentionOutput && site.hasEightExperts && !site.isFalcon ? .q5K : nil
  }

  @Sendable private static func unevenLevels(_ site: TensorSite) -> TensorType? {
    switch site.role {
    case .attentionValue where site.sharesValues: .q5K
    case .feedForwardDown where site.isInFirst(oneIn: 8): .q5K
    default: favoringExpertsAttention(site)
    }
  }
}
