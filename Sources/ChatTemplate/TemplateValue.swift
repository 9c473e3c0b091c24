/// A value of a template's context: what JSON can say, with integers apart from other numbers.
public enum TemplateValue: Sendable, Hashable {
  /// JSON's null, Python's `None`.
  case none
  /// A truth value.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A number with a fraction.
  case double(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([TemplateValue])
  /// Names and values, in order.
  case object(TemplateObject)

  /// The text, if it is one.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements, if it is a list.
  public var array: [TemplateValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The names and values, if it is an object.
  public var object: TemplateObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The value of a name, nil if this is no object or has no such name.
  public subscript(name: String) -> TemplateValue? { object?[name] }
}

extension TemplateValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// None.
  public init(nilLiteral: ()) { self = .none }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number with a fraction.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: TemplateValue...) { self = .array(elements) }
  /// An object; of two equal names the later one counts.
  public init(dictionaryLiteral elements: (String, TemplateValue)...) {
    var object = TemplateObject()
    for (name, value) in elements { object[name] = value }
    self = .object(object)
  }
}
