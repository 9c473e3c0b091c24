/// The alternatives of a pattern that cuts text into words, numbers, signs and white space: what
/// the families of byte-level models have in common, with what they differ in as parameters.
///
/// In order: contractions, ASCII signs with letters, words, numbers, signs, white space.
struct WordRules: Sendable {
  /// Whether `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` and `'d` are found, and how.
  enum Contractions: Sendable {
    case none, exact, ignoringCase
  }

  /// How letters make words.
  enum Letters: Sendable {
    /// A run of characters.
    case run(CharacterClass)
    /// `[upper]*[lower]+|[upper]+[lower]*`: a word ends before a capital.
    case cased(upper: CharacterClass, lower: CharacterClass)
    /// The same over letters, where only ASCII letters have a case.
    case casedASCII(marks: Bool)
    /// `(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+`: words with single spaces between them.
    case phrase
  }

  /// What follows signs and belongs to them.
  enum SignSuffix: Sendable {
    case none
    /// `[\r\n]*`.
    case newlines
    /// `[\r\n/]*`.
    case newlinesAndSlashes
    /// `[\r\n/]?`.
    case newlineOrSlash
  }

  /// How white space without a word is cut.
  enum Whitespace: Sendable {
    /// `\s+(?!\S)|\s+`.
    case run
    /// `\s*[\r\n]+|\s+(?!\S)|\s+`.
    case newlinesFirst
    /// `[\r\n]|\s+(?!\S)|\s+`.
    case singleNewlines
  }

  /// Contractions before all else.
  var contractions = Contractions.ignoringCase
  /// Contractions that end a word.
  var suffixes = Contractions.none
  /// Whether `[ASCII sign][A-Za-z]+` is a word.
  var joinsSignAndLetters = false
  /// Whether a run of Han ideographs is a word of its own.
  var separatesHan = false
  /// The characters of which one may lead a word; `nil` for a space.
  var lead: CharacterClass? = CharacterClass.any.subtracting([.newline, .letter, .number])
  /// The words.
  var letters = Letters.run(.letter)
  /// The longest number; 0 where numbers match nothing.
  var maximumDigits = Int.max
  /// Whether a space may lead a number.
  var spaceLeadsNumbers = false
  /// The signs, of which a space may lead a run.
  var signs = CharacterClass.signs
  /// What belongs to signs.
  var signSuffix = SignSuffix.newlines
  /// The white space.
  var whitespace = Whitespace.newlinesFirst
}

extension WordRules {
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  static let gpt2 = WordRules(
    contractions: .exact, lead: nil, spaceLeadsNumbers: true, signSuffix: .none, whitespace: .run)

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}|`
  /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
  static func llama3(digits: Int) -> WordRules { WordRules(maximumDigits: digits) }

  /// `[^\r\n\p{L}\p{N}]?[upper]*[lower]+(?i:'s|…)?|[^\r\n\p{L}\p{N}]?[upper]+[lower]*(?i:'s|…)?|`
  /// `\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
  static func gpt4o(
    _ letters: Letters, digits: Int = 3, suffixes: Contractions = .ignoringCase
  ) -> WordRules {
    WordRules(
      contractions: .none, suffixes: suffixes, letters: letters, maximumDigits: digits,
      signSuffix: .newlinesAndSlashes)
  }

  /// `[ASCII sign][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|`
  /// `\s*[\r\n]+|\s+(?!\S)|\s+`, after numbers and CJK have been cut out.
  static let deepseek3 = WordRules(
    contractions: .none, joinsSignAndLetters: true,
    lead: CharacterClass.any.subtracting([.newline, .letter, .punctuation, .symbol]),
    letters: .run([.letter, .mark]), maximumDigits: 0, signs: [.punctuation, .symbol])
}
