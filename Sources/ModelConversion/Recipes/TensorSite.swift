/// A tensor as a recipe sees it: what it is, and where in the model.
public struct TensorSite: Sendable {
  /// The name.
  public var name: String
  /// The dimensions, columns first.
  public var shape: [Int]
  /// What it does.
  public var role: TensorRole
  /// The layer: for values the how-manieth projection to values this is, since models may mix
  /// kinds of attention.
  public var layer: Int
  /// How many layers there are, counted in the same way.
  public var layerCount: Int
  /// The model.
  public var model: ModelTraits

  /// Whether the layer is among the first `1 / divisor` of all.
  public func isInFirst(oneIn divisor: Int) -> Bool { layer < layerCount / divisor }

  /// Whether llama.cpp's mixed recipes give the layer more bits: the first and last eighth, and
  /// every third between them.
  public var isFavored: Bool {
    let eighth = layerCount / 8
    return layer < eighth || layer >= 7 * layerCount / 8 || (layer - eighth) % 3 == 2
  }

  /// Whether the model is a Falcon, whose layers bear other cuts.
  var isFalcon: Bool { model.architecture == "falcon" }

  /// Whether the model has eight experts, as Mixtral, whose attention is comparatively small.
  var hasEightExperts: Bool { model.expertCount == 8 }

  /// Whether four query heads or more share one head of values, which then is small.
  var sharesValues: Bool { model.queryGroupSize >= 4 }
}
