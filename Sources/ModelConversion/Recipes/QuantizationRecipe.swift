public import QuantCore

/// Which type each tensor of a model is stored as.
///
/// The presets choose what llama.cpp's quantizer chooses for the preset of the same name, without
/// an importance matrix. A recipe of one's own is a default type and a rule:
///
/// ```swift
/// let recipe = QuantizationRecipe(name: "mine", defaultType: .q4K) { site in
///   site.role == .attentionValue && site.isFavored ? .q6K : nil
/// }
/// ```
public struct QuantizationRecipe: Sendable {
  /// The type that a rule chooses for a tensor; nil for what the recipe otherwise does.
  public typealias Rule = @Sendable (TensorSite) -> TensorType?

  /// The name, such as `Q4_K_M`.
  public let name: String
  /// The number of `general.file_type`; nil to keep the source's.
  public let fileType: UInt32?
  /// What tensors are stored as for which nothing else is said; nil to copy them.
  public let defaultType: TensorType?
  /// The types that the recipe uses in common models.
  public let types: Set<TensorType>
  let rule: Rule

  /// A recipe of one's own.
  ///
  /// The rule is asked for tensors that are weights and may be quantized; token embeddings that
  /// are the projection to logits, too, have the role ``TensorRole/output``. What it does not
  /// decide is stored as `defaultType`, but the projection to logits as Q6_K or Q8_0, and with
  /// eight experts the projections to keys and values as Q8_0.
  ///
  /// - Parameters:
  ///   - name: The name, for messages.
  ///   - fileType: The number of `general.file_type`: that of the preset which is most alike.
  ///   - defaultType: The type of most tensors.
  ///   - types: Further types that the rule gives.
  ///   - rule: Decides for single tensors.
  public init(
    name: String, fileType: UInt32? = nil, defaultType: TensorType,
    types: Set<TensorType> = [], rule: @escaping Rule = { _ in nil }
  ) {
    self.init(
      name: name, fileType: fileType, copying: defaultType, types: types.union([defaultType]),
      rule: rule)
  }

  init(
    name: String, fileType: UInt32?, copying defaultType: TensorType?, types: Set<TensorType>,
    rule: @escaping Rule
  ) {
    self.name = name
    self.fileType = fileType
    self.defaultType = defaultType
    self.types = types
    self.rule = rule
  }

  /// Whether all its types can be made by a quantizer.
  public func isSupported(by quantizer: any Quantizer = FormatQuantizer()) -> Bool {
    types.allSatisfy { quantizer.supports($0) }
  }

  /// The presets whose types can all be encoded.
  public static var presets: [QuantizationRecipe] { allPresets.filter { $0.isSupported() } }

  /// The preset with a name, in any case: one of ``presets``, or `Q3_K`, `Q4_K`, `Q5_K` or `MXFP4`
  /// for what llama.cpp means by them.
  ///
  /// - Throws: ``ConversionError/Code/unknownRecipe``.
  public init(named name: String) throws(ConversionError) {
    let upper = name.uppercased()
    let full = Self.aliases[upper] ?? upper
    guard let preset = Self.allPresets.first(where: { $0.name == full }) else {
      let names = Self.presets.map(\.name).joined(separator: ", ")
      throw ConversionError(
        .unknownRecipe,
        Self.needingImportance.contains(full)
          ? "\(full) needs an importance matrix, which is not supported; choose one of \(names)"
          : "there is no recipe \(name); choose one of \(names)")
    }
    self = preset
  }

  static let aliases = ["Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M", "MXFP4": "MXFP4_MOE"]

  private static let needingImportance: Set<String> = [
    "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M", "IQ3_XXS", "IQ3_XS", "Q2_K_S",
  ]
}
