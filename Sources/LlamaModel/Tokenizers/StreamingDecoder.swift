/// Decodes tokens as they come, and never gives part of a character.
///
/// Bytes that may be the start of a character are held back until it is whole or cannot become one;
/// then they become U+FFFD. All pieces together are what ``Tokenizer/decode(_:options:)`` gives for
/// all tokens.
///
/// ```swift
/// var decoder = StreamingDecoder(tokenizer)
/// for token in tokens { print(decoder.append(token), terminator: "") }
/// print(decoder.finish())
/// ```
public struct StreamingDecoder: Sendable {
  private let tokenizer: any Tokenizer
  private var joiner: PieceJoiner
  private let options: DecodingOptions
  private let shown: Set<Int>
  /// At most three bytes: the start of a character.
  private var pending: [UInt8] = []

  /// Creates a decoder at the start of a text.
  ///
  /// - Parameters:
  ///   - tokenizer: The tokenizer.
  ///   - options: How tokens become text.
  ///   - shown: Control and unknown pieces that are shown as they are spelled, whatever the options
  ///     say of the others.
  public init(
    _ tokenizer: any Tokenizer, options: DecodingOptions = [], showing shown: Set<Int> = []
  ) {
    self.tokenizer = tokenizer
    self.options = options
    self.shown = shown
    joiner = PieceJoiner(options: options, tokenizer: tokenizer, showing: shown)
  }

  /// The characters that are whole after `token`; often none or several.
  public mutating func append(_ token: Int) -> String {
    pending += joiner.bytes(of: token, by: tokenizer)
    let whole = pending.count - Self.incompleteSuffixCount(of: pending)
    guard whole > 0 else { return "" }
    let text = String(decoding: pending[..<whole], as: UTF8.self)
    pending.removeFirst(whole)
    return text
  }

  /// What was held back: U+FFFD where the tokens ended within a character, or nothing. The decoder is
  /// then at the start of a text.
  public mutating func finish() -> String {
    pending += joiner.finish()
    let text = String(decoding: pending, as: UTF8.self)
    pending.removeAll()
    joiner = PieceJoiner(options: options, tokenizer: tokenizer, showing: shown)
    return text
  }

  /// How many bytes at the end are the start of a character that more bytes could complete
  /// (Unicode 16, table 3-7).
  private static func incompleteSuffixCount(of bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let lead = bytes[bytes.count - count]
      if lead & 0xC0 == 0x80 { continue }
      let length =
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
      guard count < length else { return 0 }
      if count == 1 { return 1 }
      // Only the second byte has a range of its own.
      let second: ClosedRange<UInt8> =
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
      return second.contains(bytes[bytes.count - count + 1]) ? count : 0
    }
    return 0
  }
}
