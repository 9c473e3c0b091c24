extension SchemaCompiler {
  /// Keywords that say nothing about which values are allowed.
  private static let annotations: Set<String> = [
    "$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "$vocabulary", "title",
    "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    "contentEncoding", "contentMediaType", "contentSchema",
  ]

  /// Keywords that ``shape`` functions read together.
  private static let grouped: Set<String> = [
    "properties", "required", "additionalProperties", "patternProperties", "propertyNames",
    "minProperties", "maxProperties", "prefixItems", "items", "additionalItems", "minItems",
    "maxItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "then", "else",
  ]

  /// The values that a schema allows.
  mutating func values(
    of schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> ValueSet {
    place = ("", pointer)
    guard case .object(let members) = schema else {
      if case .bool(let allowed) = schema { return allowed ? .all(Self.any) : .none }
      throw error(.invalidSchema, "a schema is an object, true or false")
    }
    var values = ValueSet.all(Self.any)
    let keywords = Set(members.map(\.key.description))
    if keywords.contains("type") { values = try typeValues(schema["type"], at: pointer) }
    if let numbers = try numberConstraint(schema, at: pointer) {
      var numeric = ValueSet.all(Self.any)
      numeric.numbers = [numbers]
      values = try intersection(of: values, numeric)
    }
    if let strings = try stringLanguage(schema, at: pointer) {
      var textual = ValueSet.all(Self.any)
      textual.strings = [strings]
      values = try intersection(of: values, textual)
    }
    if let array = try arrayShape(schema, at: pointer) {
      var listed = ValueSet.all(Self.any)
      listed.arrays = [array]
      values = try intersection(of: values, listed)
    }
    if let object = try objectShape(schema, at: pointer) {
      var keyed = ValueSet.all(Self.any)
      keyed.objects = [object]
      values = try intersection(of: values, keyed)
    }
    for member in members {
      let keyword = member.key.description
      if Self.annotations.contains(keyword) || Self.grouped.contains(keyword) { continue }
      if keyword == "type" { continue }
      place = (keyword, pointer)
      let allowed = try self.values(of: keyword, member.value, in: schema, at: pointer)
      place = (keyword, pointer)
      values = try intersection(of: values, allowed)
    }
    return values
  }

  private mutating func values(
    of keyword: String, _ value: JSONValue, in schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> ValueSet {
    let path = "\(pointer)/\(keyword)"
    switch keyword {
    case "enum":
      guard case .array(let constants) = value else {
        throw error(.invalidSchema, "the values must be an array")
      }
      return try self.values(ofConstants: constants)
    case "const": return try self.values(ofConstant: value)
    case "allOf":
      var values = ValueSet.all(Self.any)
      for part in try parts(value, at: path) {
        values = try intersection(of: values, try self.values(of: part))
      }
      return values
    case "anyOf":
      var values = ValueSet.none
      for part in try parts(value, at: path) { values.formUnion(try self.values(of: part)) }
      return values
    case "oneOf": return try oneOf(try parts(value, at: path))
    case "not":
      let part = try part(at: path, value)
      return try complement(of: try self.values(of: part))
    case "if": return try conditional(value, schema, at: pointer)
    case "$ref":
      guard case .string(let reference) = value else {
        throw error(.invalidSchema, "a reference must be a string")
      }
      guard let target = references.target(of: reference.description, from: pointer) else {
        throw error(
          .unresolvedReference, "there is no schema “\(reference)” within this one")
      }
      return try self.values(of: try part(at: target.pointer, target.schema))
    case "dependentRequired", "dependentSchemas", "dependencies":
      return try dependent(value, at: path)
    case "uniqueItems":
      guard case .bool(let isUnique) = value else {
        throw error(.invalidSchema, "the value must be true or false")
      }
      if !isUnique { return .all(Self.any) }
      throw error(.unsupported, "arrays of different elements cannot be enforced")
    default: throw error(.unsupported, "the keyword “\(keyword)” is not supported")
    }
  }

  private mutating func typeValues(
    _ value: JSONValue?, at pointer: String
  ) throws(SchemaError) -> ValueSet {
    place = ("type", pointer)
    let names: [JSONValue]
    switch value {
    case .array(let list): names = list
    case let single?: names = [single]
    case nil: names = []
    }
    let all = ValueSet.all(Self.any)
    var values = ValueSet.none
    for name in names {
      guard case .string(let name) = name else {
        throw error(.invalidSchema, "a type must be a string")
      }
      switch name.description {
      case "null": values.allowsNull = true
      case "boolean": (values.allowsTrue, values.allowsFalse) = (true, true)
      case "number": values.numbers = [.any]
      case "integer":
        guard !values.numbers.contains(.any) else { continue }
        var integers = NumberConstraint()
        integers.step = ExactDecimal(1)
        values.numbers = [integers]
      case "string": values.strings = all.strings
      case "array": values.arrays = all.arrays
      case "object": values.objects = all.objects
      default: throw error(.invalidSchema, "there is no type “\(name)”")
      }
    }
    return values
  }

  /// The parts of a keyword that takes a list of schemas.
  private mutating func parts(
    _ value: JSONValue, at path: String
  ) throws(SchemaError) -> [SchemaID] {
    guard case .array(let schemas) = value, !schemas.isEmpty else {
      throw error(.invalidSchema, "the value must be an array of schemas")
    }
    var parts: [SchemaID] = []
    for (index, schema) in schemas.enumerated() {
      parts.append(try part(at: "\(path)/\(index)", schema))
    }
    return parts
  }

  private mutating func oneOf(_ parts: [SchemaID]) throws(SchemaError) -> ValueSet {
    let here = place
    var sets: [ValueSet] = []
    for part in parts { sets.append(try values(of: part)) }
    place = here
    var result = ValueSet.none
    for (index, set) in sets.enumerated() {
      var only = set
      for (other, excluded) in sets.enumerated() where other != index {
        guard try !isEmpty(try intersection(of: only, excluded)) else { continue }
        only = try intersection(of: only, try complement(of: excluded))
      }
      result.formUnion(only)
    }
    return result
  }

  private mutating func conditional(
    _ condition: JSONValue, _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> ValueSet {
    guard schema["then"] != nil || schema["else"] != nil else { return .all(Self.any) }
    let test = try values(of: try part(at: pointer + "/if", condition))
    var result = test
    if let then = schema["then"] {
      place = ("then", pointer)
      let allowed = try values(of: try part(at: pointer + "/then", then))
      result = try intersection(of: result, allowed)
    }
    place = ("if", pointer)
    var rest = try complement(of: test)
    if let otherwise = schema["else"] {
      place = ("else", pointer)
      let allowed = try values(of: try part(at: pointer + "/else", otherwise))
      rest = try intersection(of: rest, allowed)
    }
    result.formUnion(rest)
    return result
  }

  private mutating func dependent(
    _ value: JSONValue, at path: String
  ) throws(SchemaError) -> ValueSet {
    guard case .object(let members) = value else {
      throw error(.invalidSchema, "the value must be an object")
    }
    var result = ValueSet.all(Self.any)
    for member in members {
      let here = place
      var present = ValueSet.none
      if case .array(let names) = member.value {
        var required = [member.key]
        for name in names {
          guard case .string(let name) = name else {
            throw error(.invalidSchema, "the names must be strings")
          }
          if !required.contains(name) { required.append(name) }
        }
        present.objects = [object(requiring: required)]
      } else {
        let part = try part(
          at: path + "/" + SchemaReferences.escaped(member.key), member.value)
        present.objects = [object(requiring: [member.key])]
        present = try intersection(of: present, try values(of: part))
        place = here
      }
      var allowed = ValueSet.all(Self.any)
      allowed.objects = [
        ObjectShape(
          names: [member.key], values: [Self.none], isRequired: [false], classifier: .all,
          others: [Self.any])
      ]
      allowed.formUnion(present)
      result = try intersection(of: result, allowed)
    }
    return result
  }

  /// Objects that have some keys at least.
  func object(requiring names: [JSONText]) -> ObjectShape {
    ObjectShape(
      names: names, values: names.map { _ in Self.any }, isRequired: names.map { _ in true },
      classifier: .all, others: [Self.any])
  }

  // MARK: Constants

  mutating func values(ofConstants constants: [JSONValue]) throws(SchemaError) -> ValueSet {
    // All strings make one automaton.
    let texts = constants.compactMap { value in
      if case .string(let text) = value { text } else { nil }
    }
    var values = ValueSet.none
    for constant in constants {
      if case .string = constant { continue }
      values.formUnion(try self.values(ofConstant: constant))
      guard values.count <= Self.maximumAlternatives else {
        throw error(.tooLarge, "more than \(Self.maximumAlternatives) alternatives")
      }
    }
    if !texts.isEmpty {
      guard texts.reduce(1, { $0 + $1.scalars.count }) <= 50 * CharacterAutomaton.maximumStates
      else { throw error(.tooLarge, "the texts are too long together") }
      values.strings = [StringLanguage(automaton: CharacterAutomaton(texts: texts))]
    }
    return values
  }

  mutating func values(ofConstant value: JSONValue) throws(SchemaError) -> ValueSet {
    var values = ValueSet.none
    switch value {
    case .null: values.allowsNull = true
    case .bool(true): values.allowsTrue = true
    case .bool(false): values.allowsFalse = true
    case .number(let number): values.numbers = [NumberConstraint(only: number)]
    case .string(let text):
      values.strings = [StringLanguage(automaton: CharacterAutomaton(texts: [text]))]
    case .array(let elements):
      var prefix: [SchemaID] = []
      for element in elements { prefix.append(try part(constant: element)) }
      values.arrays = [
        ArrayShape(
          prefix: prefix, items: Self.none, minimum: elements.count, maximum: elements.count)
      ]
    case .object(let members):
      var parts: [SchemaID] = []
      for member in members { parts.append(try part(constant: member.value)) }
      values.objects = [
        ObjectShape(
          names: members.map(\.key), values: parts, isRequired: members.map { _ in true },
          classifier: .none, others: [])
      ]
    }
    return values
  }
}
