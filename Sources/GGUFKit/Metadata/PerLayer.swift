/// A hyperparameter that is one number for the whole model, or one for each layer.
public enum PerLayer<Value: GGUFArrayElement & Equatable>: Sendable, Equatable {
  /// The same for every layer.
  case uniform(Value)
  /// One for each layer.
  case each([Value])

  /// The value of one layer; `nil` when it is per layer and there are fewer.
  public subscript(layer: Int) -> Value? {
    switch self {
    case .uniform(let value): value
    case .each(let values): values.indices.contains(layer) ? values[layer] : nil
    }
  }

  /// The values of `count` layers; `nil` when it is per layer and not of that many.
  public func values(layers count: Int) -> [Value]? {
    switch self {
    case .uniform(let value): Array(repeating: value, count: max(count, 0))
    case .each(let values): values.count == count ? values : nil
    }
  }

  /// The one value of all layers; `nil` when they differ or there is none.
  public var scalar: Value? {
    switch self {
    case .uniform(let value): value
    case .each(let values): values.allSatisfy { $0 == values.first } ? values.first : nil
    }
  }
}

extension PerLayer: GGUFConvertible {
  /// A value or an array of values.
  public init?(ggufValue: GGUFValue) {
    if let value = Value(ggufValue: ggufValue) {
      self = .uniform(value)
    } else if let values = [Value](ggufValue: ggufValue) {
      self = .each(values)
    } else {
      return nil
    }
  }

  /// The value, or an array.
  public var ggufValue: GGUFValue {
    switch self {
    case .uniform(let value): value.ggufValue
    case .each(let values): values.ggufValue
    }
  }

  /// What the value is, or an array of them.
  public static var ggufDescription: String {
    "\(Value.ggufDescription), or an array with one for each layer"
  }
}
