/// A type that says more about its fields than their types do, for schemas derived from it.
///
/// ```swift
/// struct Recipe: Decodable, SchemaDescribing {
///   var title: String
///   var minutes: Int
///
///   static var schemaFields: [String: SchemaField] {
///     [
///       "title": SchemaField("The name of the dish"),
///       "minutes": SchemaField(keywords: #"{"minimum": 1, "maximum": 600}"#),
///     ]
///   }
/// }
/// ```
public protocol SchemaDescribing {
  /// What is to be known of fields, by the name of their coding key.
  static var schemaFields: [String: SchemaField] { get }
}

/// What is to be known of a field of a type.
public struct SchemaField: Sendable, Equatable {
  /// What the field means, in words for the model.
  public var description: String?
  /// Further keywords of JSON Schema for it, as the text of an object.
  public var keywords: String?

  /// Creates a value.
  public init(_ description: String? = nil, keywords: String? = nil) {
    self.description = description
    self.keywords = keywords
  }
}

/// How a type is written in JSON that does not show it when it is decoded, such as a date.
public struct SchemaSubstitute: Sendable {
  let type: ObjectIdentifier
  let schema: JSONSchema
  let sample: any Sendable

  /// Creates a substitute.
  ///
  /// - Parameters:
  ///   - sample: A value of the type, which stands for all others while a type is being looked at.
  ///   - schema: How values of the type are written.
  public init<Value: Sendable>(_ sample: Value, schema: JSONSchema) {
    type = ObjectIdentifier(Value.self)
    self.sample = sample
    self.schema = schema
  }
}
