extension Vocabulary {
  /// A SentencePiece vocabulary that can encode any text: `<unk>`, `<s>`, `</s>`, the 256 bytes,
  /// and then `pieces`.
  ///
  /// - Parameters:
  ///   - pieces: Pieces with their scores, the greatest of which is joined first; a space may be
  ///     written as one. A piece is found only where merges lead to it: for "the", one of "th" and
  ///     "he" must be a piece too.
  ///   - controlPieces: Further special pieces, at the end.
  ///   - addSpacePrefix: Whether encoding puts a space before the text.
  /// - Throws: ``ModelError`` where there are too many pieces.
  public static func byteFallback(
    pieces: [(text: String, score: Float)],
    controlPieces: [String] = [],
    addSpacePrefix: Bool = true
  ) throws(ModelError) -> Vocabulary {
    var all = [
      Piece("<unk>", type: .unknown), Piece("<s>", type: .control), Piece("</s>", type: .control),
    ]
    for byte in UInt8.min ... .max {
      let digits = String(byte, radix: 16, uppercase: true)
      all.append(Piece("<0x\(digits.count == 1 ? "0" : "")\(digits)>", type: .byte))
    }
    for (text, score) in pieces {
      let spelled = text.split(separator: " ", omittingEmptySubsequences: false)
        .joined(separator: "\u{2581}")
      all.append(Piece(spelled, score: score))
    }
    all += controlPieces.map { Piece($0, type: .control) }
    return try Vocabulary(
      model: SentencePieceTokenizer.model, preTokenizer: "default", pieces: all,
      specialTokens: SpecialTokens(bos: 1, eos: 2, unknown: 0), addBOS: true,
      addSpacePrefix: addSpacePrefix)
  }

  /// A byte-level BPE vocabulary that can encode any text: the 256 bytes in GPT-2's order, the
  /// pieces that `merges` make, and then the control pieces, the first of which starts and ends
  /// texts.
  ///
  /// - Parameters:
  ///   - merges: Pairs of texts to join, the best first: `(" ", "t")`, `(" t", "he")`. Each text is
  ///     a byte or made by a merge.
  ///   - preTokenizer: How text is cut before.
  ///   - controlPieces: Special pieces.
  /// - Throws: ``ModelError`` where a merge names what no merge makes.
  public static func byteLevel(
    merges: [(left: String, right: String)],
    preTokenizer: String = "gpt-2",
    controlPieces: [String] = ["<|endoftext|>"]
  ) throws(ModelError) -> Vocabulary {
    let alphabet = ByteLevelAlphabet.standard
    var texts = alphabet.bytesInOrder.map { alphabet.spell([$0]) }
    var known = Set(texts)
    var spelled: [(left: String, right: String)] = []
    for (left, right) in merges {
      let pair = (left: alphabet.spell(Array(left.utf8)), right: alphabet.spell(Array(right.utf8)))
      spelled.append(pair)
      if known.insert(pair.left + pair.right).inserted { texts.append(pair.left + pair.right) }
    }
    let first = controlPieces.isEmpty ? nil : texts.count
    return try Vocabulary(
      model: ByteLevelTokenizer.model, preTokenizer: preTokenizer,
      pieces: texts.map { Piece($0) } + controlPieces.map { Piece($0, type: .control) },
      merges: spelled, specialTokens: SpecialTokens(bos: first, eos: first))
  }
}
