public import Sampling

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension LanguageModel {
  /// Continues a text with a value of a type, as JSON.
  ///
  /// The schema is derived from how the type is decoded (see
  /// ``Sampling/JSONSchema/deriving(from:substitutes:)``); dates are written in ISO 8601. To see the
  /// value while it is being written, ``stream(_:as:options:atLimit:)`` it.
  ///
  /// - Parameters:
  ///   - prompt: Taken literally, as by ``generate(_:options:)-swift.method``.
  ///   - type: The type.
  ///   - options: Their constraint is replaced.
  ///   - atLimit: What happens where the most tokens do not suffice.
  /// - Throws: ``ModelError/Code/invalidArgument`` for a type without a schema,
  ///   ``ModelError/Code/incompleteOutput`` where the most tokens are too few.
  public func generate<Value: Decodable>(
    _ prompt: String, as type: Value.Type, options: GenerationOptions = GenerationOptions(),
    atLimit: GenerationConstraint.AtLimit = .complete
  ) async throws(ModelError) -> Value {
    var options = options
    options.constraint = .schema(try JSONSchema(describing: type), atLimit: atLimit)
    let text = try await generate(prompt, options: options).completion().text
    return try Value(jsonText: text.utf8)
  }
}

extension JSONSchema {
  /// The schema of a type, with types of Foundation as the libraries write and read them.
  ///
  /// - Throws: ``ModelError/Code/invalidArgument`` for a type without a schema.
  public init(describing type: (some Decodable).Type) throws(ModelError) {
    do throws(SchemaError) {
      self = try JSONSchema.deriving(from: type, substitutes: Self.foundationTypes)
    } catch {
      throw ModelError(.invalidArgument, "\(type) has no schema: \(error)")
    }
  }

  /// How types of Foundation are written.
  private static let foundationTypes: [SchemaSubstitute] = {
    // Without fractions of seconds, which the decoder's ISO 8601 does not read.
    let date =
      #"{"type":"string","pattern":"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"#
      + #"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"}"#
    let texts: [(any Sendable, String)] = [
      (Date(timeIntervalSince1970: 0), date),
      (
        URL(filePath: "/") as URL,
        #"{"type":"string","pattern":"^https?://[a-z0-9.-]+(/[A-Za-z0-9._~-]*)*$"}"#
      ),
      (UUID(), #"{"type":"string","format":"uuid"}"#),
      (Decimal(), #"{"type":"number"}"#),
      (
        Data(),
        #"{"type":"string","pattern":"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}"#
      ),
    ]
    return texts.compactMap { sample, text in
      (try? JSONSchema(text)).map { SchemaSubstitute(any: sample, schema: $0) }
    }
  }()
}

extension SchemaSubstitute {
  /// A substitute for the type that a value has.
  fileprivate init(any sample: any Sendable, schema: JSONSchema) {
    func make(_ sample: some Sendable) -> SchemaSubstitute {
      SchemaSubstitute(sample, schema: schema)
    }
    self = make(sample)
  }
}

extension Decodable {
  /// Decodes a value from JSON that a schema made by ``Sampling/JSONSchema/init(describing:)`` allows.
  ///
  /// - Throws: ``ModelError/Code/incompleteOutput`` where the type refuses it all the same.
  init(jsonText: some Sequence<UInt8>) throws(ModelError) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    do {
      self = try decoder.decode(Self.self, from: Data(jsonText))
    } catch {
      throw ModelError(.incompleteOutput, "the answer does not decode as \(Self.self): \(error)")
    }
  }
}
