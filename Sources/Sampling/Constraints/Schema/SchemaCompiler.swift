/// Turns a schema into the sets of values that its parts allow.
///
/// Every part has a number. Parts are looked at when they are needed, so that schemas may refer to
/// themselves; intersections and complements of parts are parts too.
struct SchemaCompiler {
  enum Source {
    case schema(JSONValue, pointer: String)
    case constant(JSONValue)
    case intersection(SchemaID, SchemaID)
    case complement(SchemaID)
  }

  enum State {
    case new
    case open
    case done(ValueSet)
  }

  /// The schema that allows every value.
  static let any: SchemaID = 0
  /// The schema that allows none.
  static let none: SchemaID = 1

  let references: SchemaReferences
  private(set) var sources: [Source]
  private var states: [State]
  /// Where errors about combined schemas are reported.
  private var places: [(keyword: String, pointer: String)]
  private var byPointer: [String: SchemaID] = [:]
  private var intersections: [[SchemaID]: SchemaID] = [:]
  private var complements: [SchemaID: SchemaID] = [:]
  /// Automata by pattern.
  var patterns: [JSONText: CharacterAutomaton] = [:]
  /// The keyword and schema being looked at.
  var place: (keyword: String, pointer: String) = ("", "")

  /// The most parts.
  static let maximumParts = 20_000
  /// The most alternatives of a part.
  static let maximumAlternatives = 1_000

  init(_ schema: JSONSchema) throws(SchemaError) {
    references = try SchemaReferences(schema.root)
    sources = [
      .schema(.bool(true), pointer: ""), .schema(.bool(false), pointer: ""),
    ]
    states = [.done(.all(Self.any)), .done(.none)]
    places = [("", ""), ("", "")]
  }

  /// The number of the schema at a pointer.
  mutating func part(at pointer: String, _ schema: JSONValue) throws(SchemaError) -> SchemaID {
    if schema == .bool(true) { return Self.any }
    if schema == .bool(false) { return Self.none }
    if let known = byPointer[pointer] { return known }
    let number = try add(.schema(schema, pointer: pointer))
    byPointer[pointer] = number
    return number
  }

  mutating func part(constant value: JSONValue) throws(SchemaError) -> SchemaID {
    try add(.constant(value))
  }

  mutating func intersection(
    of first: SchemaID, _ second: SchemaID
  ) throws(SchemaError) -> SchemaID {
    if first == second || second == Self.any { return first }
    if first == Self.any { return second }
    if first == Self.none || second == Self.none { return Self.none }
    let key = [min(first, second), max(first, second)]
    if let known = intersections[key] { return known }
    let number = try add(.intersection(first, second))
    intersections[key] = number
    return number
  }

  mutating func complement(of part: SchemaID) throws(SchemaError) -> SchemaID {
    if part == Self.any { return Self.none }
    if part == Self.none { return Self.any }
    if case .complement(let original) = sources[part] { return original }
    if let known = complements[part] { return known }
    let number = try add(.complement(part))
    complements[part] = number
    return number
  }

  private mutating func add(_ source: Source) throws(SchemaError) -> SchemaID {
    guard sources.count < Self.maximumParts else {
      throw error(.tooLarge, "the schema has more than \(Self.maximumParts) parts")
    }
    sources.append(source)
    states.append(.new)
    places.append(place)
    return sources.count - 1
  }

  /// The values that a part allows.
  mutating func values(of part: SchemaID) throws(SchemaError) -> ValueSet {
    switch states[part] {
    case .done(let values): return values
    case .open:
      throw error(
        .unresolvedReference, "the schema refers to itself without an array or object between")
    case .new: break
    }
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw error(.tooLarge, "schemas refer to one another more than \(Self.maximumDepth) deep")
    }
    states[part] = .open
    let outer = place
    place = places[part]
    let values: ValueSet
    switch sources[part] {
    case .schema(let schema, let pointer): values = try self.values(of: schema, at: pointer)
    case .constant(let value): values = try self.values(ofConstant: value)
    case .intersection(let first, let second):
      values = try intersection(of: try self.values(of: first), try self.values(of: second))
    case .complement(let original):
      values = try complement(of: try self.values(of: original))
    }
    place = outer
    depth -= 1
    states[part] = .done(values)
    return values
  }

  /// The values of a part, where they are known or can be found now.
  mutating func valuesIfReady(of part: SchemaID) throws(SchemaError) -> ValueSet? {
    if case .open = states[part] { return nil }
    return try values(of: part)
  }

  private var depth = 0
  private static let maximumDepth = 150

  func error(_ code: SchemaError.Code, _ message: String) -> SchemaError {
    SchemaError(code, message, keyword: place.keyword, pointer: place.pointer)
  }
}
