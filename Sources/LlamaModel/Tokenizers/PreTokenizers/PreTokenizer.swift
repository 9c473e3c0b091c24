/// Cuts text into words before BPE, which never joins pieces across their borders.
///
/// Models describe the cutting by regular expressions. Conformers here are scanners written by
/// hand for families of expressions, which give exactly what the expression does.
public protocol PreTokenizer: Sendable {
  /// Cuts a text into words.
  ///
  /// - Parameters:
  ///   - text: UTF-8; an invalid byte counts as a character that is no letter, number or space.
  ///   - ends: Gets the end of each word appended, rising; the last one is `text.count`.
  func split(_ text: Span<UInt8>, into ends: inout [Int])

  /// Whether a word that is a piece as a whole becomes that piece, without merging.
  var ignoresMerges: Bool { get }

  /// Whether the models that use it start a text with the `bos` token where their file does not say.
  var addsBOS: Bool { get }

  /// How the models that use it spell their pieces.
  var spelling: PieceSpelling { get }
}

extension PreTokenizer {
  /// False.
  public var ignoresMerges: Bool { false }

  /// False.
  public var addsBOS: Bool { false }

  /// ``PieceSpelling/bytes``.
  public var spelling: PieceSpelling { .bytes }
}

/// How the pieces of a BPE vocabulary spell text.
public enum PieceSpelling: Sendable, Hashable {
  /// Byte by byte, in GPT-2's alphabet: merging starts with bytes.
  case bytes
  /// As the text is, with U+2581 for a space: merging starts with characters, and the bytes of one
  /// without a piece have pieces such as `<0x0A>`.
  case charactersWithVisibleSpaces
  /// As the text is.
  case characters
}
