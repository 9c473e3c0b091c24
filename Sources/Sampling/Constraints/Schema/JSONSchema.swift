/// A JSON Schema (draft 2020-12): which JSON values are allowed.
///
/// ```swift
/// let schema = try JSONSchema("""
///   {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
///   """)
/// var constraint = try GrammarConstraint(schema: schema, tokens: tokens)
/// ```
///
/// Supported are `type`, `enum`, `const`; `properties`, `required`, `additionalProperties`,
/// `patternProperties`, `propertyNames`, `minProperties`, `maxProperties`, `dependentRequired`,
/// `dependentSchemas`; `prefixItems`, `items`, `minItems`, `maxItems`; `minLength`, `maxLength`,
/// `pattern` (see below), `format`; `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`,
/// `multipleOf`; `allOf`, `anyOf`, `oneOf`, `not`, `if`, `then`, `else` where what they ask for can be
/// decided from the beginning of a value on; `$ref`, `$defs`, `$anchor` and `$id` within the schema.
/// Annotations are ignored. Everything else is an error that names the keyword, never left out.
///
/// `format` is always enforced, for `date`, `time`, `date-time`, `duration`, `email`, `hostname`,
/// `ipv4`, `ipv6`, `uuid`, `uri`, `uri-reference`, `json-pointer` and `relative-json-pointer`. A
/// `pattern` has the part of ECMAScript's syntax that describes regular sets: no look-around, word
/// boundaries, back references or Unicode properties. Values with a key twice are not allowed.
public struct JSONSchema: Sendable {
  let root: JSONValue

  /// Reads the JSON text of a schema. What it asks for is looked at when a constraint is made of it.
  ///
  /// - Throws: ``SchemaError`` where the text is not JSON.
  public init(_ text: String) throws(SchemaError) {
    do throws(JSONParser.Failure) {
      root = try JSONParser.parse(text.utf8)
    } catch {
      throw SchemaError(
        .notJSON, "not JSON at byte \(error.offset): \(error.message)", pointer: "\(error.offset)")
    }
  }

  init(root: JSONValue) { self.root = root }

  /// Any JSON value.
  public static let any = JSONSchema(root: .bool(true))

  /// Any JSON object.
  public static let object = JSONSchema(root: .members(("type", .text("object"))))

  /// The schema as JSON text.
  public var text: String { String(decoding: root.spelled, as: UTF8.self) }

  /// How values are to be written.
  public struct Spelling: Sendable, Equatable {
    /// Whether there is no whitespace, no escape and no exponent where none is needed, and no number
    /// of very many digits.
    public var isCompact: Bool
    /// Whether keys come in the order of the schema's `properties`, others after them.
    public var isOrdered: Bool

    /// Creates a value.
    public init(isCompact: Bool, isOrdered: Bool) {
      self.isCompact = isCompact
      self.isOrdered = isOrdered
    }

    /// Everything that JSON allows: any amount of whitespace between the parts, keys in any order.
    /// For checking text that others write.
    public static let any = Spelling(isCompact: false, isOrdered: false)

    /// What a program needs and no more, with much of the text decided beforehand. For generating.
    public static let compact = Spelling(isCompact: true, isOrdered: true)
  }
}
