/// Turns text into tokens and back.
///
/// A tokenizer is immutable and can be shared by any number of tasks. The one for a model comes from
/// ``TokenizerRegistry``.
public protocol Tokenizer: Sendable {
  /// The pieces and special tokens.
  var vocabulary: Vocabulary { get }

  /// The tokens of a text.
  ///
  /// A control piece that stands in the text stays text, unless the options ask for it: what a user
  /// writes cannot steer the model.
  func encode(_ text: String, options: EncodingOptions) -> [Int]

  /// The bytes that a token adds to a text: part of a character, one or many.
  ///
  /// - Returns: No bytes for tokens outside the vocabulary, and for control and unknown pieces
  ///   unless the options show them.
  func bytes(of token: Int, options: DecodingOptions) -> [UInt8]

  /// What decoding does to the spaces between pieces.
  var joining: PieceJoining { get }
}

/// What decoding does to the spaces between pieces.
public struct PieceJoining: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// Creates a value from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// A space at the start is the one that encoding has added, and is left out.
  public static let dropsFirstSpace = PieceJoining(rawValue: 1)

  /// So is one after a special piece.
  public static let dropsSpaceAfterSpecial = PieceJoining(rawValue: 2)

  /// Spaces that encoding has put around punctuation are left out.
  public static let cleansSpaces = PieceJoining(rawValue: 4)
}

/// How text becomes tokens.
public struct EncodingOptions: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// Creates options from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Adds the tokens that start and end a text, as the vocabulary asks.
  public static let addSpecial = EncodingOptions(rawValue: 1)

  /// Turns the control pieces in the text into their tokens, as prompts made by a template need.
  public static let parseSpecial = EncodingOptions(rawValue: 2)
}

/// How tokens become text.
public struct DecodingOptions: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// Creates options from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Shows control and unknown pieces as they are spelled.
  public static let showSpecial = DecodingOptions(rawValue: 1)

  /// The tokens continue a text: a space at their start is kept, which is otherwise the one that
  /// encoding has added.
  public static let continuation = DecodingOptions(rawValue: 2)
}

extension Tokenizer {
  /// Spaces are left out where the vocabulary has them added.
  public var joining: PieceJoining {
    vocabulary.addSpacePrefix ? [.dropsFirstSpace, .dropsSpaceAfterSpecial] : []
  }

  /// The tokens of a text, with those that start and end it as the vocabulary asks.
  public func encode(_ text: String) -> [Int] { encode(text, options: .addSpecial) }

  /// The text of some tokens: the inverse of ``encode(_:options:)``.
  ///
  /// Bytes that are not UTF-8 become U+FFFD, as `String(decoding:as:)` does it.
  public func decode(_ tokens: [Int], options: DecodingOptions = []) -> String {
    var joiner = PieceJoiner(options: options, tokenizer: self)
    var bytes: [UInt8] = []
    for token in tokens { bytes += joiner.bytes(of: token, by: self) }
    bytes += joiner.finish()
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Takes away the spaces that encoding has put before the text, after special pieces, and around
/// punctuation.
struct PieceJoiner: Sendable {
  private let options: DecodingOptions
  private let joining: PieceJoining
  private let shown: Set<Int>
  private var dropsSpace: Bool
  private var cleaner: SpaceCleaner?

  init(options: DecodingOptions, tokenizer: some Tokenizer, showing shown: Set<Int> = []) {
    self.options = options
    self.shown = shown
    joining = tokenizer.joining
    dropsSpace = joining.contains(.dropsFirstSpace) && !options.contains(.continuation)
    cleaner = joining.contains(.cleansSpaces) ? SpaceCleaner() : nil
  }

  /// What is known after a token.
  mutating func bytes(of token: Int, by tokenizer: some Tokenizer) -> ArraySlice<UInt8> {
    let bytes = joined(token, by: tokenizer)
    return cleaner == nil ? bytes : cleaner?.append(bytes) ?? []
  }

  /// What has been held back.
  mutating func finish() -> ArraySlice<UInt8> { cleaner?.finish() ?? [] }

  private mutating func joined(_ token: Int, by tokenizer: some Tokenizer) -> ArraySlice<UInt8> {
    let bytes = tokenizer.bytes(
      of: token, options: shown.contains(token) ? options.union(.showSpecial) : options)
    let type = tokenizer.vocabulary.type(of: token)
    if type == .control || type == .userDefined, joining.contains(.dropsSpaceAfterSpecial) {
      dropsSpace = true
      return bytes[...]
    }
    guard let first = bytes.first else { return [] }
    defer { dropsSpace = false }
    return dropsSpace && first == 0x20 ? bytes.dropFirst() : bytes[...]
  }
}
