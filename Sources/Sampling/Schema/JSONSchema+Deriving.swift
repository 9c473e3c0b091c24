extension JSONSchema {
  /// Derives a schema from how a type is decoded.
  ///
  /// The type is decoded once from made-up values, and what it asks for is written down: keyed
  /// containers become objects without further keys, optional fields may be left out, arrays and
  /// dictionaries with strings as keys are what they are, and integers have the bounds of their type.
  /// An enumeration needs raw values and `CaseIterable`. A type may contain itself in an array, a
  /// dictionary or an optional.
  ///
  /// - Parameters:
  ///   - type: The type.
  ///   - substitutes: For types that do not show how they are written.
  /// - Throws: ``SchemaError``, with the path of coding keys as the pointer, where a type decodes
  ///   made-up values only with an error.
  public static func deriving<Value: Decodable>(
    from type: Value.Type, substitutes: [SchemaSubstitute] = []
  ) throws(SchemaError) -> JSONSchema {
    let probe = SchemaProbe(substitutes)
    do {
      let place = SchemaProbe.Place()
      _ = try probe.value(of: type, at: place, path: [])
      return JSONSchema(root: try probe.root(place))
    } catch let error as SchemaError {
      throw error
    } catch {
      throw SchemaError(.unsupported, "the type cannot be looked at: \(error)")
    }
  }
}
