/// The number of a schema, or of one made of others.
typealias SchemaID = Int

/// The texts that a string may be.
struct StringLanguage: Sendable, Hashable {
  var automaton: CharacterAutomaton
  /// Bounds on the number of characters; only with an automaton of all texts.
  var minimum = 0
  var maximum: Int?

  static let all = StringLanguage(automaton: .all)

  /// All conditions as one automaton.
  func asAutomaton() throws(CharacterAutomaton.TooLarge) -> CharacterAutomaton {
    if minimum == 0, maximum == nil { return automaton }
    if isEmpty { return .none }
    guard max(minimum, maximum ?? 0) < CharacterAutomaton.maximumStates else {
      throw CharacterAutomaton.TooLarge()
    }
    return CharacterAutomaton(minimumLength: minimum, maximumLength: maximum)
  }

  func intersection(
    _ other: StringLanguage
  ) throws(CharacterAutomaton.TooLarge) -> StringLanguage {
    if automaton.isAll, other.automaton.isAll {
      return StringLanguage(
        automaton: .all, minimum: max(minimum, other.minimum),
        maximum: [maximum, other.maximum].compactMap(\.self).min())
    }
    if self == .all || other.isEmpty { return other }
    if other == .all || isEmpty { return self }
    return StringLanguage(
      automaton: try asAutomaton().intersection(try other.asAutomaton()))
  }

  var isEmpty: Bool { automaton.isEmpty || minimum > maximum ?? .max }
}

/// The arrays that a value may be.
struct ArrayShape: Sendable, Hashable {
  /// The schemas of the first elements.
  var prefix: [SchemaID] = []
  /// The schema of the others.
  var items: SchemaID
  var minimum = 0
  var maximum: Int?

  func schema(at index: Int) -> SchemaID { index < prefix.count ? prefix[index] : items }
}

/// The objects that a value may be.
struct ObjectShape: Sendable, Hashable {
  /// The keys that have a schema of their own.
  var names: [JSONText] = []
  var values: [SchemaID] = []
  var isRequired: [Bool] = []
  /// Tells other keys apart, and which are allowed at all.
  var classifier: CharacterAutomaton
  /// The schemas of other keys' values, by label.
  var others: [SchemaID]
  var minimum = 0
  var maximum: Int?

  func schema(for key: JSONText) -> SchemaID? {
    if let index = names.firstIndex(of: key) { return values[index] }
    let label = classifier.label(of: key)
    return label < 0 ? nil : others[Int(label)]
  }
}

/// The values that a schema allows, by type; of each list one must match.
struct ValueSet: Sendable {
  var allowsNull = false
  var allowsTrue = false
  var allowsFalse = false
  var numbers: [NumberConstraint] = []
  var strings: [StringLanguage] = []
  var arrays: [ArrayShape] = []
  var objects: [ObjectShape] = []

  static let none = ValueSet()

  /// All values; `any` is the number of the schema that allows everything.
  static func all(_ any: SchemaID) -> ValueSet {
    ValueSet(
      allowsNull: true, allowsTrue: true, allowsFalse: true, numbers: [.any], strings: [.all],
      arrays: [ArrayShape(items: any)], objects: [ObjectShape(classifier: .all, others: [any])])
  }

  /// The number of alternatives.
  var count: Int { numbers.count + strings.count + arrays.count + objects.count }

  mutating func formUnion(_ other: ValueSet) {
    allowsNull = allowsNull || other.allowsNull
    allowsTrue = allowsTrue || other.allowsTrue
    allowsFalse = allowsFalse || other.allowsFalse
    for item in other.numbers where !numbers.contains(item) { numbers.append(item) }
    for item in other.strings where !strings.contains(item) { strings.append(item) }
    for item in other.arrays where !arrays.contains(item) { arrays.append(item) }
    for item in other.objects where !objects.contains(item) { objects.append(item) }
    if numbers.contains(.any) { numbers = [.any] }
    if strings.contains(.all) { strings = [.all] }
  }
}
