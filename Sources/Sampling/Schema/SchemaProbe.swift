/// Writes down what types ask for when they are decoded.
final class SchemaProbe {
  /// What has been learned about one value.
  final class Place {
    var schema: JSONValue?
    var fields: [(key: String, place: Place, isOptional: Bool)] = []
    var isObject = false
    var element: Place?
    var isDictionary = false
    var reference: ObjectIdentifier?
    var isNullable = false
    var fieldNotes: [String: SchemaField] = [:]

    func field(_ key: String) -> Place {
      isObject = true
      if let known = fields.first(where: { $0.key == key }) { return known.place }
      let place = Place()
      fields.append((key, place, false))
      return place
    }

    func markOptional(_ key: String) {
      _ = field(key)
      for index in fields.indices where fields[index].key == key { fields[index].isOptional = true }
    }
  }

  private let substitutes: [ObjectIdentifier: SchemaSubstitute]
  /// The types that are being looked at, the innermost last.
  private var open: [ObjectIdentifier] = []
  /// The types that contain themselves, with names for them.
  private var recursive: [ObjectIdentifier: String] = [:]
  private var definitions: [ObjectIdentifier: Place] = [:]

  init(_ substitutes: [SchemaSubstitute]) {
    self.substitutes = Dictionary(
      substitutes.map { ($0.type, $0) }, uniquingKeysWith: { $1 })
  }

  /// A made-up value of a type; what it asks for goes to `place`.
  func value<Value: Decodable>(
    of type: Value.Type, at place: Place, path: [any CodingKey]
  ) throws -> Value {
    let identifier = ObjectIdentifier(type)
    if let substitute = substitutes[identifier], let sample = substitute.sample as? Value {
      place.schema = substitute.schema.root
      return sample
    }
    if let container = type as? any ProbedContainer.Type,
      let value = try container.probe(self, at: place, path: path) as? Value
    {
      return value
    }
    if let cases = type as? any CaseIterable.Type,
      let (first, constants) = Self.constants(of: cases), let value = first as? Value
    {
      place.schema = .members(("enum", .array(constants)))
      return value
    }
    guard !isOpen(type) else {
      throw error("the type contains itself without an array, dictionary or optional", path)
    }
    guard open.count < 100 else { throw error("types nest too deep", path) }
    open.append(identifier)
    defer { open.removeLast() }
    if let described = type as? any SchemaDescribing.Type {
      place.fieldNotes = described.schemaFields
    }
    let value: Value
    do {
      value = try type.init(from: ProbeDecoder(probe: self, place: place, codingPath: path))
    } catch let error as SchemaError {
      throw error
    } catch {
      throw self.error(
        "the type \(type) does not decode from a made-up value; give a substitute for it", path)
    }
    if recursive[identifier] != nil { definitions[identifier] = place }
    return value
  }

  func isOpen<Value>(_ type: Value.Type) -> Bool { open.contains(ObjectIdentifier(type)) }

  /// Makes a place stand for a type that is being looked at.
  func refer<Value>(to type: Value.Type, at place: Place) {
    let identifier = ObjectIdentifier(type)
    place.reference = identifier
    if recursive[identifier] == nil {
      let name = "\(type)"
      let isTaken = recursive.values.contains(name)
      recursive[identifier] = isTaken ? "\(name)-\(recursive.count)" : name
    }
  }

  func error(_ message: String, _ path: [any CodingKey]) -> SchemaError {
    SchemaError(
      .unsupported, message, pointer: path.map { "/" + $0.stringValue }.joined())
  }

  /// The first case and the raw values of an enumeration; `nil` where it has none.
  private static func constants<Cases: CaseIterable>(
    of type: Cases.Type
  ) -> (first: Any, constants: [JSONValue])? {
    var constants: [JSONValue] = []
    for value in type.allCases {
      guard let raw = value as? any RawRepresentable else { return nil }
      if let text = raw.rawValue as? String {
        constants.append(.text(text))
      } else if let number = raw.rawValue as? any BinaryInteger {
        constants.append(.integer(number))
      } else {
        return nil
      }
    }
    return type.allCases.first.map { ($0, constants) }
  }

  // MARK: Schemas

  /// The schema of the outermost place, with definitions.
  func root(_ place: Place) throws(SchemaError) -> JSONValue {
    var schema = try self.schema(place)
    guard !recursive.isEmpty else { return schema }
    var members: [JSONValue.Member] = []
    for (identifier, name) in recursive.sorted(by: { $0.value < $1.value }) {
      guard let definition = definitions[identifier] else { continue }
      members.append(.init(key: JSONText(name), value: try self.schema(definition, isWhole: true)))
    }
    if case .object(var own) = schema {
      own.append(.init(key: "$defs", value: .object(members)))
      schema = .object(own)
    }
    return schema
  }

  private func schema(_ place: Place, isWhole: Bool = false) throws(SchemaError) -> JSONValue {
    var schema: JSONValue
    let definition = definitions.first { $0.value === place }?.key
    if let identifier = place.reference ?? (isWhole ? nil : definition),
      let name = recursive[identifier]
    {
      schema = .members(
        ("$ref", .text("#/$defs/" + SchemaReferences.escaped(JSONText(name)))))
    } else if let known = place.schema {
      schema = known
    } else if let element = place.element {
      let inner = try self.schema(element)
      schema =
        place.isDictionary
        ? .members(("type", .text("object")), ("additionalProperties", inner))
        : .members(("type", .text("array")), ("items", inner))
    } else {
      schema = try objectSchema(place)
    }
    if place.isNullable {
      schema = .members(("anyOf", .array([schema, .members(("type", .text("null")))])))
    }
    return schema
  }

  private func objectSchema(_ place: Place) throws(SchemaError) -> JSONValue {
    var properties: [JSONValue.Member] = []
    for field in place.fields {
      var schema = try self.schema(field.place)
      if let note = place.fieldNotes[field.key] { schema = try schema.adding(note) }
      properties.append(.init(key: JSONText(field.key), value: schema))
    }
    let required = place.fields.filter { !$0.isOptional }.map { JSONValue.text($0.key) }
    return .members(
      ("type", .text("object")), ("properties", .object(properties)),
      ("required", .array(required)), ("additionalProperties", .bool(false)))
  }
}

extension JSONValue {
  static func integer(_ value: some BinaryInteger) -> JSONValue {
    let digits = String(value.magnitude).utf8.map { $0 - 0x30 }
    return .number(ExactDecimal(isNegative: value < 0, digits: digits))
  }

  /// A schema with what is to be known of a field.
  fileprivate func adding(_ note: SchemaField) throws(SchemaError) -> JSONValue {
    guard case .object(var members) = self else { return self }
    if let keywords = note.keywords {
      guard case .object(let added) = try JSONSchema(keywords).root else {
        throw SchemaError(.invalidSchema, "the keywords of a field must be an object")
      }
      members.removeAll { member in added.contains { $0.key == member.key } }
      members += added
    }
    if let description = note.description {
      members.append(.init(key: "description", value: .text(description)))
    }
    return .object(members)
  }
}
