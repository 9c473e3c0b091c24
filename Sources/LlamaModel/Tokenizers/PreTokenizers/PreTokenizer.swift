/// Cuts text into words before byte-level BPE, which never joins pieces across their borders.
///
/// Models describe the cutting by a regular expression. Conformers here are scanners written by
/// hand for one family of expressions each, which give exactly what the expression does.
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
}

extension PreTokenizer {
  /// False.
  public var ignoresMerges: Bool { false }

  /// False.
  public var addsBOS: Bool { false }
}
