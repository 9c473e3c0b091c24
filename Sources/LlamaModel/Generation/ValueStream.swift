import Sampling

/// A value that is being written.
public struct PartialValue<Value: Sendable>: Sendable {
  /// What has been written so far.
  public var text: String
  /// The value so far: what has not been written yet is as short as the type allows, such as an empty
  /// array, and what has been begun ends there.
  public var value: Value
  /// Whether the value is complete.
  public var isComplete: Bool
}

/// Makes values of a type from the beginnings of their JSON.
///
/// ```swift
/// var reader = try PartialValueReader(Recipe.self, of: model)
/// for try await piece in pieces { show(try reader.append(piece.text).value) }
/// ```
public struct PartialValueReader<Value: Decodable & Sendable> {
  private var constraint: GrammarConstraint
  private var text = ""

  /// Creates a reader.
  ///
  /// - Throws: ``ModelError/Code/invalidArgument`` for a type without a schema.
  public init(_ type: Value.Type, of model: LanguageModel) throws(ModelError) {
    constraint = try GenerationConstraint.schema(try JSONSchema(describing: type))
      .make(model.constraintTokens)
  }

  /// Reads more of the text.
  ///
  /// - Throws: ``ModelError/Code/incompleteOutput`` where it is no beginning of a value.
  public mutating func append(_ piece: String) throws(ModelError) -> PartialValue<Value> {
    text += piece
    guard constraint.tryAccept(bytes: piece.utf8), let rest = constraint.shortestCompletion() else {
      throw ModelError(.incompleteOutput, "the answer is no beginning of a \(Value.self)")
    }
    let value = try Value(jsonText: Array(text.utf8) + rest)
    return PartialValue(text: text, value: value, isComplete: constraint.isComplete)
  }
}

/// A piece of a text in the making.
public protocol TextPiece: Sendable {
  /// What the text has gained.
  var text: String { get }
}

extension GenerationPiece: TextPiece {}
extension ChatPiece: TextPiece {}

/// The values of a type that a generation writes, from the first beginning to the whole.
public struct ValueStream<Value: Decodable & Sendable, Piece: TextPiece>: AsyncSequence, Sendable {
  /// A beginning of the value.
  public typealias Element = PartialValue<Value>
  /// What can go wrong.
  public typealias Failure = ModelError

  let model: LanguageModel
  let makePieces: @Sendable () -> PieceIterator<Piece>

  /// Starts generating.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(model: model, pieces: makePieces())
  }

  /// The beginnings, as they come.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let model: LanguageModel
    var pieces: PieceIterator<Piece>
    var reader: PartialValueReader<Value>?

    /// The next beginning, longer than the one before; nil after the whole.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(ModelError) -> PartialValue<Value>? {
      var reader = if let reader { reader } else { try PartialValueReader(Value.self, of: model) }
      while let piece = try await pieces.next(isolation: actor) {
        let text = piece.text
        guard !text.isEmpty else { continue }
        defer { self.reader = reader }
        return try reader.append(text)
      }
      return nil
    }

    /// The next beginning, longer than the one before; nil after the whole.
    public mutating func next() async throws(ModelError) -> PartialValue<Value>? {
      try await next(isolation: nil)
    }
  }
}

extension LanguageModel {
  /// Continues a text with a value of a type, and gives it while it is being written.
  ///
  /// - Parameters:
  ///   - prompt: Taken literally.
  ///   - type: The type.
  ///   - options: Their constraint is replaced.
  ///   - atLimit: What happens where the most tokens do not suffice.
  /// - Throws: ``ModelError/Code/invalidArgument`` for a type without a schema.
  public func stream<Value: Decodable & Sendable>(
    _ prompt: String, as type: Value.Type, options: GenerationOptions = GenerationOptions(),
    atLimit: GenerationConstraint.AtLimit = .complete
  ) throws(ModelError) -> ValueStream<Value, GenerationPiece> {
    var options = options
    options.constraint = .schema(try JSONSchema(describing: type), atLimit: atLimit)
    let generation = generate(prompt, options: options)
    return ValueStream(model: self) { generation.makeAsyncIterator() }
  }
}
