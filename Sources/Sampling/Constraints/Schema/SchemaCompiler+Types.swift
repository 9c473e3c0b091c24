extension SchemaCompiler {
  // MARK: Numbers

  mutating func numberConstraint(
    _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> NumberConstraint? {
    var constraint = NumberConstraint()
    for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"] {
      guard let value = schema[keyword] else { continue }
      place = (keyword, pointer)
      guard case .number(let number) = value else {
        throw error(.invalidSchema, "the value must be a number")
      }
      var bound = NumberConstraint()
      switch keyword {
      case "minimum": bound.lower = .init(value: number, isExclusive: false)
      case "exclusiveMinimum": bound.lower = .init(value: number, isExclusive: true)
      case "maximum": bound.upper = .init(value: number, isExclusive: false)
      case "exclusiveMaximum": bound.upper = .init(value: number, isExclusive: true)
      default:
        guard !number.isZero, !number.isNegative else {
          throw error(.invalidSchema, "the value must be greater than 0")
        }
        guard number.digits.count <= 18, abs(number.exponent) <= 400 else {
          throw error(.unsupported, "the number has too many digits")
        }
        bound.step = number
      }
      guard let both = constraint.intersection(bound) else {
        throw error(.unsupported, "the numbers have too many digits")
      }
      constraint = both
    }
    return constraint == .any ? nil : constraint
  }

  // MARK: Strings

  mutating func stringLanguage(
    _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> StringLanguage? {
    var language = StringLanguage.all
    language.minimum = try count("minLength", of: schema, at: pointer) ?? 0
    language.maximum = try count("maxLength", of: schema, at: pointer)
    if let value = schema["pattern"] {
      place = ("pattern", pointer)
      guard case .string(let pattern) = value else {
        throw error(.invalidSchema, "the pattern must be a string")
      }
      language = try narrowed(language, to: try automaton(ofPattern: pattern))
    }
    if let value = schema["format"] {
      place = ("format", pointer)
      guard case .string(let name) = value else {
        throw error(.invalidSchema, "the format must be a string")
      }
      guard let pattern = StringFormat.pattern(named: name.description) else {
        throw error(.unsupported, "the format “\(name)” is not supported")
      }
      language = try narrowed(language, to: try automaton(ofPattern: JSONText(pattern)))
    }
    return language == .all ? nil : language
  }

  private func narrowed(
    _ language: StringLanguage, to automaton: CharacterAutomaton
  ) throws(SchemaError) -> StringLanguage {
    do throws(CharacterAutomaton.TooLarge) {
      return try language.intersection(StringLanguage(automaton: automaton))
    } catch {
      throw tooLarge()
    }
  }

  func tooLarge() -> SchemaError {
    error(
      .tooLarge,
      "it needs more than \(CharacterAutomaton.maximumStates) states; ask for shorter texts")
  }

  /// The texts in which a pattern finds a match.
  mutating func automaton(
    ofPattern pattern: JSONText
  ) throws(SchemaError) -> CharacterAutomaton {
    if let known = patterns[pattern] { return known }
    let node: RegularExpression.Node
    do throws(RegularExpression.Failure) {
      node = try RegularExpression.parse(pattern)
    } catch {
      throw self.error(
        .unsupported, "the pattern at character \(error.offset): \(error.message)")
    }
    let automaton: CharacterAutomaton
    do throws(CharacterAutomaton.TooLarge) {
      automaton = try RegularExpression.automaton(of: node)
    } catch {
      throw tooLarge()
    }
    patterns[pattern] = automaton
    return automaton
  }

  // MARK: Arrays

  mutating func arrayShape(
    _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> ArrayShape? {
    var shape = ArrayShape(items: Self.any)
    shape.minimum = try count("minItems", of: schema, at: pointer) ?? 0
    shape.maximum = try count("maxItems", of: schema, at: pointer)
    var rest = "items"
    if let value = schema["prefixItems"] {
      place = ("prefixItems", pointer)
      shape.prefix = try prefix(value, at: pointer + "/prefixItems")
    } else if case .array? = schema["items"], let value = schema["items"] {
      // As drafts before 2020-12 have it.
      place = ("items", pointer)
      shape.prefix = try prefix(value, at: pointer + "/items")
      rest = "additionalItems"
    }
    if let value = schema[rest] {
      place = (rest, pointer)
      shape.items = try part(at: "\(pointer)/\(rest)", value)
    }
    return shape == ArrayShape(items: Self.any) ? nil : shape
  }

  private mutating func prefix(
    _ value: JSONValue, at path: String
  ) throws(SchemaError) -> [SchemaID] {
    guard case .array(let schemas) = value else {
      throw error(.invalidSchema, "the value must be an array of schemas")
    }
    var parts: [SchemaID] = []
    for (index, schema) in schemas.enumerated() {
      parts.append(try part(at: "\(path)/\(index)", schema))
    }
    return parts
  }

  // MARK: Objects

  mutating func objectShape(
    _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> ObjectShape? {
    let open = ObjectShape(classifier: .all, others: [Self.any])
    var shape = open
    shape.minimum = try count("minProperties", of: schema, at: pointer) ?? 0
    shape.maximum = try count("maxProperties", of: schema, at: pointer)
    var additional = Self.any
    if let value = schema["additionalProperties"] {
      place = ("additionalProperties", pointer)
      additional = try part(at: pointer + "/additionalProperties", value)
    }
    var patterns: [(automaton: CharacterAutomaton, part: SchemaID)] = []
    for member in try members("patternProperties", of: schema, at: pointer) {
      patterns.append(
        (
          try automaton(ofPattern: member.key),
          try part(at: subpath(pointer, "patternProperties", member.key), member.value)
        ))
    }
    var named: [JSONText: SchemaID] = [:]
    for member in try members("properties", of: schema, at: pointer) {
      shape.names.append(member.key)
      named[member.key] = try part(at: subpath(pointer, "properties", member.key), member.value)
    }
    let required = try requiredNames(schema, at: pointer)
    for name in required where named[name] == nil && !shape.names.contains(name) {
      shape.names.append(name)
    }
    let allowed = try keyLanguage(schema, at: pointer)
    for name in shape.names {
      place = ("properties", pointer)
      var parts = patterns.filter { $0.automaton.label(of: name) >= 0 }.map(\.part)
      if let own = named[name] { parts.append(own) }
      if parts.isEmpty { parts = [additional] }
      if let allowed, allowed.label(of: name) < 0 { parts = [Self.none] }
      shape.values.append(try intersection(ofAll: parts))
      shape.isRequired.append(required.contains(name))
    }
    place = ("patternProperties", pointer)
    try classify(&shape, patterns, additional, allowed)
    return shape == open ? nil : shape
  }

  /// Tells the keys without a name apart by the patterns that they match.
  private mutating func classify(
    _ shape: inout ObjectShape, _ patterns: [(automaton: CharacterAutomaton, part: SchemaID)],
    _ additional: SchemaID, _ allowed: CharacterAutomaton?
  ) throws(SchemaError) {
    var classes: [[Int]] = [[]]
    var classifier = allowed ?? .all
    for (index, pattern) in patterns.enumerated() {
      var numbers: [[Int]: Int32] = [:]
      var next: [[Int]] = []
      do throws(CharacterAutomaton.TooLarge) {
        classifier = try classifier.combined(with: pattern.automaton) { label, match in
          if label < 0 { return -1 }
          let matched = match < 0 ? classes[Int(label)] : classes[Int(label)] + [index]
          if let known = numbers[matched] { return known }
          numbers[matched] = Int32(next.count)
          next.append(matched)
          return Int32(next.count - 1)
        }
      } catch {
        throw tooLarge()
      }
      classes = next
    }
    shape.others = []
    for matched in classes {
      shape.others.append(
        matched.isEmpty
          ? additional : try intersection(ofAll: matched.map { patterns[$0].part }))
    }
    let others = shape.others
    if others.contains(Self.none) {
      do throws(CharacterAutomaton.TooLarge) {
        classifier = try classifier.combined(with: .none) { label, _ in
          label >= 0 && others[Int(label)] != Self.none ? label : -1
        }
      } catch {
        throw tooLarge()
      }
    }
    shape.classifier = classifier
    if classifier.isEmpty { shape.others = [] }
    // A few keys are better known by name, because then it is known when all have been used.
    guard let texts = classifier.texts(atMost: 64) else { return }
    for (text, label) in texts where !shape.names.contains(text) {
      shape.names.append(text)
      shape.values.append(others[Int(label)])
      shape.isRequired.append(false)
    }
    shape.classifier = .none
    shape.others = []
  }

  /// What `propertyNames` allows; `nil` for all.
  private mutating func keyLanguage(
    _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> CharacterAutomaton? {
    guard let value = schema["propertyNames"] else { return nil }
    place = ("propertyNames", pointer)
    let part = try part(at: pointer + "/propertyNames", value)
    if part == Self.any { return nil }
    let strings = try values(of: part).strings
    place = ("propertyNames", pointer)
    do throws(CharacterAutomaton.TooLarge) {
      var union = CharacterAutomaton.none
      for language in strings { union = try union.union(try language.asAutomaton()) }
      return union
    } catch {
      throw tooLarge()
    }
  }

  private mutating func requiredNames(
    _ schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> [JSONText] {
    guard let value = schema["required"] else { return [] }
    place = ("required", pointer)
    guard case .array(let values) = value else {
      throw error(.invalidSchema, "the value must be an array of names")
    }
    var names: [JSONText] = []
    for value in values {
      guard case .string(let name) = value else {
        throw error(.invalidSchema, "the value must be an array of names")
      }
      names.append(name)
    }
    return names
  }

  private mutating func members(
    _ keyword: String, of schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> [JSONValue.Member] {
    guard let value = schema[keyword] else { return [] }
    place = (keyword, pointer)
    guard case .object(let members) = value else {
      throw error(.invalidSchema, "the value must be an object of schemas")
    }
    return members
  }

  private func subpath(_ pointer: String, _ keyword: String, _ key: JSONText) -> String {
    "\(pointer)/\(keyword)/\(SchemaReferences.escaped(key))"
  }

  private mutating func intersection(
    ofAll parts: [SchemaID]
  ) throws(SchemaError) -> SchemaID {
    var result = Self.any
    for part in parts { result = try intersection(of: result, part) }
    return result
  }

  /// A keyword that counts.
  private mutating func count(
    _ keyword: String, of schema: JSONValue, at pointer: String
  ) throws(SchemaError) -> Int? {
    guard let value = schema[keyword] else { return nil }
    place = (keyword, pointer)
    guard case .number(let number) = value, !number.isNegative, number.isInteger else {
      throw error(.invalidSchema, "the value must be an integer that is 0 or more")
    }
    // More than any text can hold is as good as infinite.
    guard number.magnitude <= 9, let count = number.integer else {
      if keyword.hasPrefix("max") { return nil }
      throw error(.tooLarge, "the value must be below 1000000000")
    }
    return Int(count)
  }
}
