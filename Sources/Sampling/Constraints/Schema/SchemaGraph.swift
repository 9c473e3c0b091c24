/// A schema ready for reading values: all its parts, without those that no value matches.
struct SchemaGraph: Sendable {
  /// A part: the alternatives, as indices into the lists below.
  struct Part: Sendable {
    var allowsNull = false
    var allowsTrue = false
    var allowsFalse = false
    var numbers: [Int32] = []
    var strings: [Int32] = []
    var arrays: [Int32] = []
    var objects: [Int32] = []
    /// The bytes of a short valid value.
    var shortest = endless
  }

  /// A string's language, with a short way to an end from each state.
  struct Strings: Sendable {
    var language: StringLanguage
    var ends: [(length: Int, next: UInt32?)]

    init(_ language: StringLanguage) {
      self.language = language
      ends = language.automaton.shortestEnds()
    }
  }

  var parts: [Part] = []
  var root: Int32 = 0
  var numbers: [NumberConstraint] = []
  /// The first one allows all texts.
  var strings: [Strings] = [Strings(.all)]
  var arrays: [ArrayShape] = []
  var objects: [ObjectTable] = []
  let spelling: JSONSchema.Spelling

  /// Stands for a length that no value has.
  static let endless = Int.max / 4

  var numberSpelling: NumberConstraint.Spelling { spelling.isCompact ? .compact : .any }

  /// - Throws: ``SchemaError``.
  init(_ schema: JSONSchema, spelling: JSONSchema.Spelling) throws(SchemaError) {
    self.spelling = spelling
    var compiler = try SchemaCompiler(schema)
    let root = try compiler.part(at: "", schema.root)
    var numbering: [SchemaID: Int32] = [:]
    var order: [SchemaID] = []
    func number(_ part: SchemaID) -> Int32 {
      if let known = numbering[part] { return known }
      let number = Int32(order.count)
      numbering[part] = number
      order.append(part)
      return number
    }
    self.root = number(root)
    while parts.count < order.count {
      let values = try compiler.values(of: order[parts.count])
      var part = Part()
      part.allowsNull = values.allowsNull
      part.allowsTrue = values.allowsTrue
      part.allowsFalse = values.allowsFalse
      for constraint in values.numbers where !constraint.isEmpty {
        part.numbers.append(Int32(numbers.count))
        numbers.append(constraint)
      }
      for language in values.strings where !language.isEmpty {
        if language == .all {
          part.strings.append(0)
        } else {
          part.strings.append(Int32(strings.count))
          strings.append(Strings(language))
        }
      }
      for shape in values.arrays {
        var shape = shape
        shape.prefix = shape.prefix.map { Int(number($0)) }
        shape.items = Int(number(shape.items))
        part.arrays.append(Int32(arrays.count))
        arrays.append(shape)
      }
      for shape in values.objects {
        var shape = shape
        shape.values = shape.values.map { Int(number($0)) }
        shape.others = shape.others.map { Int(number($0)) }
        part.objects.append(Int32(objects.count))
        objects.append(ObjectTable(shape))
      }
      parts.append(part)
    }
    findShortest()
    try prune()
    guard parts[Int(self.root)].shortest < Self.endless else {
      throw SchemaError(.unsatisfiable, "no value is valid")
    }
  }

  // MARK: Short values

  private mutating func findShortest() {
    let numberLengths = numbers.map { constraint in
      constraint.completion(of: NumberText(), numberSpelling)?.count ?? Self.endless
    }
    let stringLengths = strings.map { Self.shortest($0) }
    var changed = true
    while changed {
      changed = false
      // Parts come before those that they are made of.
      for index in parts.indices.reversed() {
        let part = parts[index]
        var least = part.allowsNull || part.allowsTrue ? 4 : part.allowsFalse ? 5 : Self.endless
        for number in part.numbers { least = min(least, numberLengths[Int(number)]) }
        for string in part.strings { least = min(least, stringLengths[Int(string)]) }
        for array in part.arrays { least = min(least, shortest(arrays[Int(array)])) }
        for object in part.objects { least = min(least, shortest(objects[Int(object)])) }
        if least < part.shortest {
          parts[index].shortest = least
          changed = true
        }
      }
    }
  }

  private static func shortest(_ strings: Strings) -> Int {
    2 + strings.language.minimum + (strings.ends.first?.length ?? endless)
  }

  private func shortest(_ shape: ArrayShape) -> Int {
    var total = 2
    for index in 0..<min(shape.minimum, shape.prefix.count) {
      total += parts[shape.prefix[index]].shortest + 1
    }
    if shape.minimum > shape.prefix.count {
      let (rest, overflow) = (parts[shape.items].shortest + 1)
        .multipliedReportingOverflow(by: shape.minimum - shape.prefix.count)
      total = overflow ? Self.endless : total + rest
    }
    return min(total, Self.endless)
  }

  private func shortest(_ table: ObjectTable) -> Int {
    let shape = table.shape
    var total = 2
    var count = 0
    var optional: [Int] = []
    for index in shape.names.indices {
      let value = parts[shape.values[index]].shortest
      let length = min(Self.endless, shape.names[index].spelled.count + 2 + value)
      if shape.isRequired[index] {
        total = min(Self.endless, total + length)
        count += 1
      } else if value < Self.endless {
        optional.append(length)
      }
    }
    guard count <= shape.maximum ?? .max else { return Self.endless }
    for length in optional.sorted() where count < shape.minimum {
      total += length
      count += 1
    }
    if count < shape.minimum {
      let other = shape.others.map { parts[$0].shortest }.min() ?? Self.endless
      let (rest, overflow) =
        (8 + min(other, Self.endless / 2)).multipliedReportingOverflow(by: shape.minimum - count)
      guard other < Self.endless, !overflow else { return Self.endless }
      total = min(Self.endless, total + rest)
    }
    return min(total, Self.endless)
  }

  /// Takes away what no value matches, so that every beginning that is allowed can be completed.
  private mutating func prune() throws(SchemaError) {
    for index in arrays.indices {
      let shape = arrays[index]
      for place in 0...shape.prefix.count where place < shape.maximum ?? .max {
        if parts[shape.schema(at: place)].shortest >= Self.endless {
          arrays[index].maximum = place
          break
        }
      }
    }
    for index in objects.indices {
      let parts = parts
      do throws(CharacterAutomaton.TooLarge) {
        try objects[index].prune { parts[$0].shortest < Self.endless }
      } catch {
        throw SchemaError(.tooLarge, "the patterns of keys need too many states")
      }
    }
    for index in parts.indices {
      let (arrays, objects) = (arrays, objects)
      let lengths = parts[index].arrays.map { shortest(arrays[Int($0)]) }
      parts[index].arrays = zip(parts[index].arrays, lengths).compactMap { number, length in
        length < Self.endless ? number : nil
      }
      let objectLengths = parts[index].objects.map { shortest(objects[Int($0)]) }
      parts[index].objects = zip(parts[index].objects, objectLengths).compactMap { number, length in
        length < Self.endless ? number : nil
      }
    }
  }
}
