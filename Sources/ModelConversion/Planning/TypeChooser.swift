import GGUFKit
import QuantCore

/// Chooses the type of each tensor, in the order in which llama.cpp does: by layer, then by name.
struct TypeChooser {
  private let recipe: QuantizationRecipe
  private let overrides: TypeOverrides
  private let patterns: [(regex: Regex<AnyRegexOutput>, type: TensorType)]
  private let model: ModelTraits
  private let valueCount: Int
  private var valuesSeen = 0
  private var downsSeen = 0

  /// The types of all tensors, in the file's order.
  static func types(
    of file: GGUFFile, recipe: QuantizationRecipe, overrides: TypeOverrides
  ) throws(ConversionError) -> [TensorType] {
    var chooser = try TypeChooser(file, recipe: recipe, overrides: overrides)
    let tensors = file.tensors
    var types = tensors.map(\.type)
    let order = tensors.indices
      .map { (index: $0, layer: layer(of: tensors[$0].name) ?? -1) }
      .sorted {
        ($0.layer, tensors[$0.index].name) < ($1.layer, tensors[$1.index].name)
      }
    for (index, _) in order {
      types[index] = chooser.type(for: tensors[index])
    }
    return types
  }

  private init(
    _ file: GGUFFile, recipe: QuantizationRecipe, overrides: TypeOverrides
  ) throws(ConversionError) {
    self.recipe = recipe
    self.overrides = overrides
    model = ModelTraits(of: file)
    valueCount = file.tensors.count { TensorRole(tensor: $0.name) == .attentionValue }
    var patterns: [(regex: Regex<AnyRegexOutput>, type: TensorType)] = []
    for pattern in overrides.patterns {
      patterns.append((try pattern.regex(), pattern.type))
    }
    self.patterns = patterns
  }

  private mutating func type(for tensor: GGUFTensor) -> TensorType {
    guard let defaultType = recipe.defaultType,
      Quantizable.contains(tensor: tensor.name, shape: tensor.shape)
    else { return tensor.type }
    let role = TensorRole(tensor: tensor.name)
    let type: TensorType
    if role == .tokenEmbedding, let wanted = overrides.tokenEmbedding {
      type = wanted
    } else if role == .output, let wanted = overrides.output {
      type = wanted
    } else if let pattern = patterns.first(where: { tensor.name.firstMatch(of: $0.regex) != nil }) {
      type = pattern.type
    } else if overrides.isPure || !defaultType.isQuantized {
      type = defaultType
    } else {
      type = recipeType(for: tensor, role: role, defaultType: defaultType)
    }
    return Self.fallback(for: type, columns: tensor.columns)
  }

  private mutating func recipeType(
    for tensor: GGUFTensor, role: TensorRole, defaultType: TensorType
  ) -> TensorType {
    // An embedding that is the projection to logits, too, counts as that.
    let role = role == .tokenEmbedding && model.hasTiedEmbeddings ? .output : role
    if role == .output, let wanted = overrides.output { return wanted }
    let site = site(of: tensor, role: role)
    let type = recipe.rule(site)
    // Among eight experts, keys and values are so small that they may take more.
    let favorsAttention = site.hasEightExperts && defaultType != .mxfp4
    switch role {
    case .output:
      // What decides on every token gets more.
      let fits = tensor.columns % defaultType.blockSize == 0 && !site.isFalcon
      return type ?? (fits && defaultType != .q8_0 ? .q6K : .q8_0)
    case .attentionValue where favorsAttention, .attentionKey where favorsAttention:
      return .q8_0
    case .attentionValue where model.isLarge && [.q3K, .q4K].contains(type ?? defaultType):
      return .q5K
    default:
      return type ?? defaultType
    }
  }

  private mutating func site(of tensor: GGUFTensor, role: TensorRole) -> TensorSite {
    var site = TensorSite(
      name: tensor.name, shape: tensor.shape, role: role,
      layer: Self.layer(of: tensor.name) ?? 0, layerCount: model.layerCount, model: model)
    switch role {
    case .attentionValue:
      (site.layer, site.layerCount) = (valuesSeen, valueCount)
      valuesSeen += 1
    case .feedForwardDown where model.expertCount <= 1:
      site.layer = downsSeen
      downsSeen += 1
    default: break
    }
    return site
  }

  /// The number after `blk.`.
  private static func layer(of name: String) -> Int? {
    guard name.hasPrefix("blk.") else { return nil }
    return Int(name.dropFirst(4).prefix { $0.isASCII && $0.isNumber })
  }

  /// What takes the place of a type whose blocks the rows do not fill.
  static func fallback(for type: TensorType, columns: Int) -> TensorType {
    guard columns % type.blockSize != 0 else { return type }
    let smaller: TensorType? =
      switch type {
      case .iq1S, .iq1M, .iq2XXS, .iq2XS, .iq2S, .iq3XXS, .iq3S, .iq4XS: .iq4NL
      case .q2_0, .q2K, .q3K, .tq1_0, .tq2_0: .q4_0
      case .q4K: .q5_0
      case .q5K: .q5_1
      case .q6K: .q8_0
      default: nil
      }
    guard let smaller, columns % smaller.blockSize == 0 else { return .f16 }
    return smaller
  }
}
