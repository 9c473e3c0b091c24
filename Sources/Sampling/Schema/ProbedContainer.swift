/// Types of the standard library that contain others, which are looked at one by one.
protocol ProbedContainer {
  static func probe(
    _ probe: SchemaProbe, at place: SchemaProbe.Place, path: [any CodingKey]
  ) throws -> Any
}

extension Array: ProbedContainer where Element: Decodable {
  static func probe(
    _ probe: SchemaProbe, at place: SchemaProbe.Place, path: [any CodingKey]
  ) throws -> Any {
    let element = SchemaProbe.Place()
    place.element = element
    if probe.isOpen(Element.self) {
      probe.refer(to: Element.self, at: element)
      return [Element]()
    }
    return [try probe.value(of: Element.self, at: element, path: path)]
  }
}

extension Set: ProbedContainer where Element: Decodable {
  static func probe(
    _ probe: SchemaProbe, at place: SchemaProbe.Place, path: [any CodingKey]
  ) throws -> Any {
    _ = try [Element].probe(probe, at: place, path: path)
    return Set<Element>()
  }
}

extension Dictionary: ProbedContainer where Key: Decodable, Value: Decodable {
  static func probe(
    _ probe: SchemaProbe, at place: SchemaProbe.Place, path: [any CodingKey]
  ) throws -> Any {
    guard Key.self == String.self else {
      throw probe.error("a dictionary needs strings as keys", path)
    }
    _ = try [Value].probe(probe, at: place, path: path)
    place.isDictionary = true
    return [Key: Value]()
  }
}

extension Optional: ProbedContainer where Wrapped: Decodable {
  static func probe(
    _ probe: SchemaProbe, at place: SchemaProbe.Place, path: [any CodingKey]
  ) throws -> Any {
    place.isNullable = true
    if probe.isOpen(Wrapped.self) {
      probe.refer(to: Wrapped.self, at: place)
      return Wrapped?.none as Any
    }
    return try probe.value(of: Wrapped.self, at: place, path: path) as Wrapped? as Any
  }
}
