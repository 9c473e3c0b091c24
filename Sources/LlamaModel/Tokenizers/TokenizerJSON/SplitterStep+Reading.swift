extension SplitterStep {
  /// The steps of a `pre_tokenizer`, in order, and whether one of them spells words in GPT-2's
  /// alphabet.
  static func steps(
    _ json: JSONDocument?
  ) throws(ModelError) -> (steps: [SplitterStep], isByteLevel: Bool) {
    guard let json, !json.isNull else { return ([], false) }
    let type = json["type"]?.string ?? ""
    switch type {
    case "Sequence":
      var steps: [SplitterStep] = []
      var isByteLevel = false
      for child in json["pretokenizers"]?.array ?? [] {
        let (more, isBytes) = try Self.steps(child)
        steps += more
        isByteLevel = isByteLevel || isBytes
      }
      return (steps, isByteLevel)
    case "ByteLevel":
      var steps: [SplitterStep] = []
      if json["add_prefix_space"]?.bool ?? true { steps.append(.spacePrefix) }
      if json["use_regex"]?.bool ?? true {
        steps.append(.known(StepPreTokenizer(steps: [.words(.gpt2)])))
      }
      return (steps, true)
    case "Split": return ([try split(json)], false)
    case "Digits":
      let isIsolated = json["individual_digits"]?.bool ?? false
      return ([.characters(.number, isIsolated ? .isolated : .contiguous)], false)
    case "Metaspace": return ([metaspace(json)], false)
    case "BertPreTokenizer":
      return (
        [.characters(.whitespace, .removed), .characters(.punctuation, .isolated)], false
      )
    case "Whitespace": return ([.words], false)
    case "WhitespaceSplit": return ([.characters(.whitespace, .removed)], false)
    case "Punctuation":
      return ([.characters(.punctuation, try behavior(json, .isolated))], false)
    case "FixedLength":
      guard let length = json["length"]?.int, length > 0 else {
        throw ModelError(.invalidConfiguration, "a pre-tokenizer lacks its length")
      }
      return ([.chunks(length)], false)
    case "CharDelimiterSplit":
      guard let delimiter = json["delimiter"]?.string?.unicodeScalars.first else {
        throw ModelError(.invalidConfiguration, "a pre-tokenizer lacks its delimiter")
      }
      return ([.characters(.scalar(delimiter), .removed)], false)
    default:
      throw ModelError(.unsupportedTokenizer, "the pre-tokenizer \"\(type)\" is not supported")
    }
  }

  private static func behavior(
    _ json: JSONDocument, _ standard: SplitBehavior
  ) throws(ModelError) -> SplitBehavior {
    guard let name = json["behavior"]?.string else { return standard }
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw ModelError(.unsupportedTokenizer, "the behavior \"\(name)\" is not supported")
    }
    return behavior
  }

  private static func split(_ json: JSONDocument) throws(ModelError) -> SplitterStep {
    let behavior = try behavior(json, .isolated)
    let isInverted = json["invert"]?.bool ?? false
    if let pattern = json["pattern"]?["Regex"]?.string,
      let steps = knownPatterns.first(where: { $0.pattern == pattern })?.steps,
      behavior == .isolated || behavior == .removed && isInverted && matchesAll(steps)
    {
      return .known(StepPreTokenizer(steps: steps))
    }
    return .pattern(
      try PatternMatcher(json: json["pattern"]), behavior, isInverted: isInverted)
  }

  /// Whether every character is in a match, so that none is removed.
  private static func matchesAll(_ steps: [SplitStep]) -> Bool {
    if case .words = steps.first { true } else { false }
  }

  private static func metaspace(_ json: JSONDocument) -> SplitterStep {
    let scheme =
      json["prepend_scheme"]?.string.flatMap { PrependScheme(rawValue: $0) }
      ?? (json["add_prefix_space"]?.bool ?? true ? .always : .never)
    return .metaspace(
      replacement: json["replacement"]?.bytes ?? VisibleSpace.bytes, scheme: scheme,
      splits: json["split"]?.bool ?? true)
  }

  /// The patterns of wide use, for which there are scanners.
  private static let knownPatterns: [(pattern: String, steps: [SplitStep])] = {
    let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    let space = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
    func llama(_ digits: String, _ count: Int) -> (String, [SplitStep]) {
      let pattern =
        contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"# + digits
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + space
      return (pattern, [.words(.llama3(digits: count))])
    }
    let upper = #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    func cased(_ suffix: String, _ digits: String, _ count: Int) -> (String, [SplitStep]) {
      let pattern =
        "\(upper)*\(lower)+\(suffix)|\(upper)+\(lower)*\(suffix)|\\p{N}\(digits)"
        + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + space
      let letters = WordRules.Letters.cased(
        upper: [.upper, .caseless, .ideograph, .mark],
        lower: [.lower, .caseless, .ideograph, .mark])
      let rules = WordRules.gpt4o(
        letters, digits: count, suffixes: suffix.isEmpty ? .none : .ignoringCase)
      return (pattern, [.words(rules)])
    }
    let marks =
      contractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"#
      + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"# + space
    return [
      (
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
        [.words(.gpt2)]
      ),
      llama("{1,3}", 3), llama("", 1), llama("{1}", 1), llama("+", .max),
      cased("\(contractions)?", "{1,3}", 3), cased("", "", 1),
      (marks, [.words(PreTokenizerTable.qwen35)]),
      (#"\p{N}{1,3}"#, [.runs([.of(.number, maximum: 3)])]),
      (#"\p{N}"#, [.runs([.of(.number, maximum: 1)])]),
      (#"\p{N}+"#, [.runs([.of(.number)])]),
      (#"\d{1,3}(?=(?:\d{3})*\b)"#, [.digitGroups(needBoundary: true)]),
    ]
  }()
}
