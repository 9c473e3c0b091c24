extension SchemaCompiler {
  /// The values in both sets.
  mutating func intersection(
    of first: ValueSet, _ second: ValueSet
  ) throws(SchemaError) -> ValueSet {
    var result = ValueSet()
    result.allowsNull = first.allowsNull && second.allowsNull
    result.allowsTrue = first.allowsTrue && second.allowsTrue
    result.allowsFalse = first.allowsFalse && second.allowsFalse
    for left in first.numbers {
      for right in second.numbers {
        guard let both = left.intersection(right) else {
          throw error(.unsupported, "the numbers have too many digits")
        }
        if !result.numbers.contains(both), !both.isEmpty { result.numbers.append(both) }
      }
    }
    for left in first.strings {
      for right in second.strings {
        let both: StringLanguage
        do throws(CharacterAutomaton.TooLarge) {
          both = try left.intersection(right)
        } catch {
          throw tooLarge()
        }
        if !both.isEmpty, !result.strings.contains(both) { result.strings.append(both) }
      }
    }
    for left in first.arrays {
      for right in second.arrays {
        let both = try intersection(of: left, right)
        if both.minimum <= both.maximum ?? .max, !result.arrays.contains(both) {
          result.arrays.append(both)
        }
      }
    }
    for left in first.objects {
      for right in second.objects {
        let both = try intersection(of: left, right)
        if both.minimum <= both.maximum ?? .max, !result.objects.contains(both) {
          result.objects.append(both)
        }
      }
    }
    guard result.count <= Self.maximumAlternatives else {
      throw error(.tooLarge, "more than \(Self.maximumAlternatives) alternatives")
    }
    return result
  }

  private mutating func intersection(
    of first: ArrayShape, _ second: ArrayShape
  ) throws(SchemaError) -> ArrayShape {
    var result = ArrayShape(items: try intersection(of: first.items, second.items))
    result.minimum = max(first.minimum, second.minimum)
    result.maximum = [first.maximum, second.maximum].compactMap(\.self).min()
    for index in 0..<max(first.prefix.count, second.prefix.count) {
      result.prefix.append(
        try intersection(of: first.schema(at: index), second.schema(at: index)))
    }
    return result
  }

  private mutating func intersection(
    of first: ObjectShape, _ second: ObjectShape
  ) throws(SchemaError) -> ObjectShape {
    var result = ObjectShape(classifier: first.classifier, others: first.others)
    result.minimum = max(first.minimum, second.minimum)
    result.maximum = [first.maximum, second.maximum].compactMap(\.self).min()
    for name in first.names + second.names where !result.names.contains(name) {
      let left = first.schema(for: name) ?? Self.none
      let right = second.schema(for: name) ?? Self.none
      result.names.append(name)
      result.values.append(try intersection(of: left, right))
      let isRequired = [first, second].contains { shape in
        shape.names.firstIndex(of: name).map { shape.isRequired[$0] } ?? false
      }
      result.isRequired.append(isRequired)
    }
    if second.classifier.isAll {
      // The labels stay, and their schemas are narrowed.
      for index in result.others.indices {
        result.others[index] = try intersection(of: first.others[index], second.others[0])
      }
      return result
    }
    var pairs: [[Int32]] = []
    do throws(CharacterAutomaton.TooLarge) {
      result.classifier = try first.classifier.combined(with: second.classifier) { left, right in
        if left < 0 || right < 0 { return -1 }
        if let known = pairs.firstIndex(of: [left, right]) { return Int32(known) }
        pairs.append([left, right])
        return Int32(pairs.count - 1)
      }
    } catch {
      throw tooLarge()
    }
    result.others = []
    for pair in pairs {
      result.others.append(
        try intersection(of: first.others[Int(pair[0])], second.others[Int(pair[1])]))
    }
    if result.classifier.isEmpty { result.others = [] }
    return result
  }

  // MARK: Complement

  /// The values that are not in a set.
  mutating func complement(of set: ValueSet) throws(SchemaError) -> ValueSet {
    var result = ValueSet.all(Self.any)
    result.allowsNull = !set.allowsNull
    result.allowsTrue = !set.allowsTrue
    result.allowsFalse = !set.allowsFalse
    for constraint in set.numbers {
      guard let outside = constraint.complement else { throw undecidable("multiples") }
      var other = ValueSet.all(Self.any)
      other.numbers = outside
      result = try intersection(of: result, other)
    }
    for language in set.strings {
      var other = ValueSet.all(Self.any)
      do throws(CharacterAutomaton.TooLarge) {
        other.strings = [StringLanguage(automaton: try language.asAutomaton().complement())]
      } catch {
        throw tooLarge()
      }
      result = try intersection(of: result, other)
    }
    for shape in set.arrays {
      var other = ValueSet.all(Self.any)
      other.arrays = try complement(of: shape)
      result = try intersection(of: result, other)
    }
    for shape in set.objects {
      var other = ValueSet.all(Self.any)
      other.objects = try complement(of: shape)
      result = try intersection(of: result, other)
    }
    return result
  }

  private func undecidable(_ what: String) -> SchemaError {
    error(
      .unsupported,
      "values would have to be told apart by \(what), which cannot be decided as they are written")
  }

  private mutating func complement(of shape: ArrayShape) throws(SchemaError) -> [ArrayShape] {
    var result: [ArrayShape] = []
    var maximum = shape.maximum
    if shape.items == Self.none { maximum = min(maximum ?? .max, shape.prefix.count) }
    if shape.minimum > 0 {
      result.append(ArrayShape(items: Self.any, maximum: shape.minimum - 1))
    }
    if let maximum { result.append(ArrayShape(items: Self.any, minimum: maximum + 1)) }
    for (index, part) in shape.prefix.enumerated() where part != Self.any {
      let outside = try complement(of: part)
      result.append(
        ArrayShape(
          prefix: [SchemaID](repeating: Self.any, count: index) + [outside], items: Self.any,
          minimum: index + 1))
    }
    if shape.items != Self.any, maximum ?? .max > shape.prefix.count {
      throw undecidable("one element of an array among any number")
    }
    return result
  }

  private mutating func complement(of shape: ObjectShape) throws(SchemaError) -> [ObjectShape] {
    var result: [ObjectShape] = []
    for (index, name) in shape.names.enumerated() {
      if shape.isRequired[index] {
        result.append(
          ObjectShape(
            names: [name], values: [Self.none], isRequired: [false], classifier: .all,
            others: [Self.any]))
      }
      guard shape.values[index] != Self.any else { continue }
      var other = object(requiring: [name])
      other.values = [try complement(of: shape.values[index])]
      result.append(other)
    }
    let open = ObjectShape(classifier: .all, others: [Self.any])
    if shape.minimum > 0 {
      var fewer = open
      fewer.maximum = shape.minimum - 1
      result.append(fewer)
    }
    if let maximum = shape.maximum {
      var more = open
      more.minimum = maximum + 1
      result.append(more)
    }
    if !(shape.classifier.isAll && shape.others == [Self.any]) {
      guard shape.classifier.isEmpty, shape.isRequired.allSatisfy(\.self) else {
        throw undecidable("one key of an object among any number")
      }
      // With all names there, one key more is another key.
      var more = open
      more.minimum = shape.names.count + 1
      result.append(more)
    }
    return result
  }

  // MARK: Emptiness

  /// Whether a set has certainly no value; where that cannot be known yet, it is taken to have one.
  mutating func isEmpty(_ set: ValueSet) throws(SchemaError) -> Bool {
    var visited: Set<SchemaID> = []
    return try isEmpty(set, &visited)
  }

  private mutating func isEmpty(
    _ set: ValueSet, _ visited: inout Set<SchemaID>
  ) throws(SchemaError) -> Bool {
    if set.allowsNull || set.allowsTrue || set.allowsFalse { return false }
    if !set.numbers.isEmpty || !set.strings.isEmpty { return false }
    for shape in set.arrays {
      var isEmpty = false
      for index in 0..<min(shape.minimum, shape.prefix.count + 1) where !isEmpty {
        isEmpty = try isKnownEmpty(shape.schema(at: index), &visited)
      }
      if !isEmpty { return false }
    }
    for shape in set.objects {
      var isEmpty = shape.isRequired.count { $0 } > shape.maximum ?? .max
      for index in shape.names.indices where shape.isRequired[index] && !isEmpty {
        isEmpty = try isKnownEmpty(shape.values[index], &visited)
      }
      if !isEmpty { return false }
    }
    return true
  }

  private mutating func isKnownEmpty(
    _ part: SchemaID, _ visited: inout Set<SchemaID>
  ) throws(SchemaError) -> Bool {
    if part == Self.none { return true }
    guard part != Self.any, visited.insert(part).inserted, visited.count < 100 else { return false }
    // The complement or an intersection of a part that is being looked at cannot be known yet.
    switch sources[part] {
    case .intersection(let first, let second):
      guard try valuesIfReady(of: first) != nil, try valuesIfReady(of: second) != nil else {
        return false
      }
    case .complement(let original):
      guard try valuesIfReady(of: original) != nil else { return false }
    case .schema, .constant: break
    }
    guard let values = try valuesIfReady(of: part) else { return false }
    let isEmpty = try isEmpty(values, &visited)
    visited.remove(part)
    return isEmpty
  }
}
