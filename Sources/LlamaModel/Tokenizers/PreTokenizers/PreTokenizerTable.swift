/// The pre-tokenizers that GGUF files name in `tokenizer.ggml.pre`, and their patterns.
///
/// The names and patterns are those of llama.cpp, whose Unicode classes in some patterns are wider
/// than those of the models' own files: see ``WordRules/Letters/casedASCII(marks:)``.
enum PreTokenizerTable {
  /// A pre-tokenizer and its names.
  struct Entry {
    var names: [String]
    var preTokenizer: StepPreTokenizer

    init(
      _ names: [String], _ steps: [SplitStep], ignoresMerges: Bool = false, addsBOS: Bool = false,
      spelling: PieceSpelling = .bytes
    ) {
      self.names = names
      preTokenizer = StepPreTokenizer(
        steps: steps, ignoresMerges: ignoresMerges, addsBOS: addsBOS, spelling: spelling)
    }
  }

  static let entries: [Entry] = [
    Entry(["default"], standard),
    Entry(
      [
        "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de",
        "jina-v2-code", "gigachat", "roberta-bpe", "mellum", "a.x-4.0", "modern-bert", "mpt",
        "olmo", "jais", "trillion", "granite-docling", "exaone4",
      ],
      [.words(.gpt2)]),
    Entry(
      [
        "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
        "jina-v5-nano",
      ],
      [.words(.llama3(digits: 3))], ignoresMerges: true, addsBOS: true),
    Entry(["dbrx", "smaug-bpe", "chatglm-bpe"], [.words(.llama3(digits: 3))]),
    Entry(["glm4", "glm5"], [.words(.llama3(digits: 3))], ignoresMerges: true),
    Entry(
      [
        "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "stablelm2", "megrez", "hunyuan",
        "solar-open", "grok-2", "bailingmoe", "bailingmoe2", "llada-moe",
      ],
      [.words(.llama3(digits: 1))]),
    Entry(["qwen35"], [.words(qwen35)]),
    Entry(
      ["minicpm5"], [digits(maximum: 3), .words(.llama3(digits: .max))], ignoresMerges: true),
    Entry(["jais-2"], [.words(.llama3(digits: 3)), .whitespacePowers]),
    Entry(["seed-coder"], [.words(seedCoder)]),
    Entry(["ufakzeka"], [.words(WordRules(contractions: .none, maximumDigits: 1))]),
    Entry(["exaone-moe"], [.words(exaoneMoE)]),
    Entry(["laguna"], [.lines, .words(.llama3(digits: 1))]),
    Entry(
      ["tekken"], [.words(.gpt4o(.casedASCII(marks: false), digits: 1, suffixes: .none))],
      ignoresMerges: true, addsBOS: true),
    Entry(
      ["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"],
      [.words(.gpt4o(.casedASCII(marks: false)))]),
    Entry(
      ["granite-embed-multi-97m"], [.words(.gpt4o(.casedASCII(marks: true)))],
      ignoresMerges: true),
    Entry(
      ["tiny_aya", "cohere2moe"],
      [.digitGroups(needBoundary: false), .words(.gpt4o(.run([.letter, .mark])))]),
    Entry(
      ["youtu"], [.runs(youtu), .words(.gpt4o(.run([.letter, .mark]), digits: 1))],
      ignoresMerges: true),
    Entry(["kimi-k2"], [.words(kimiK2)]),
    Entry(
      ["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"],
      [digits(maximum: 3), .runs([cjk]), .words(.deepseek3)]),
    Entry(
      ["spark2_5"],
      [digits(maximum: 3), .runs([cjk]), .words(spark), digits(maximum: 1)]),
    Entry(["afmoe"], [.digitGroups(needBoundary: false), .runs([asian]), .words(.deepseek3)]),
    Entry(["deepseek-llm"], deepseekLLM),
    Entry(["deepseek-coder"], deepseekCoder),
    Entry(["falcon"], [.runs([signs("$$++<>^^~~||``")]), .words(.gpt2), threeDigits]),
    Entry(
      [
        "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b",
        "mellum2",
      ],
      [digits(maximum: 1), .words(.gpt2)]),
    Entry(["poro-chat", "bloom", "gpt3-finnish"], [.runs([betweenSigns])]),
    Entry(["viking"], [.runs([betweenSigns]), digits(maximum: 1)]),
    Entry(["chameleon"], chameleon, addsBOS: true),
    Entry(["superbpe"], [digits(maximum: .max), .digitBorders]),
    Entry(
      ["gemma4", "granite-embed-multi-311m", "sarvam-moe"], [.lines],
      spelling: .charactersWithVisibleSpaces),
    Entry(
      ["whitespace"], [.runs([.of(CharacterClass.any.subtracting(.whitespace))])],
      spelling: .characters),
  ]
}

// MARK: Patterns of one family

extension PreTokenizerTable {
  private static func digits(maximum: Int) -> SplitStep {
    .runs([.of(.number, maximum: maximum)])
  }

  private static let threeDigits = SplitStep.runs([.of(ranges: "09", minimum: 3, maximum: 3)])

  /// `[\p{P}…]+`, with further characters as pairs.
  private static func signs(_ further: String) -> CharacterRun {
    .of(ranges: further, .punctuation)
  }

  private static let standard: [SplitStep] = [
    .runs([signs("$$++<>^^~~||")]), .words(.gpt2), digits(maximum: .max), threeDigits,
  ]

  /// Llama 3's with marks as letters.
  static let qwen35 = WordRules(
    letters: .run([.letter, .mark]), maximumDigits: 1, signs: [.punctuation, .symbol, .other])

  private static let seedCoder = WordRules(maximumDigits: 1, signSuffix: .none)

  private static let exaoneMoE = WordRules(
    letters: .phrase, maximumDigits: 1, signSuffix: .newlineOrSlash)

  private static let kimiK2 = WordRules(
    contractions: .none, suffixes: .ignoringCase, separatesHan: true, maximumDigits: 3)

  private static let spark: WordRules = {
    var rules = WordRules.deepseek3
    rules.signSuffix = .none
    rules.whitespace = .singleNewlines
    return rules
  }()

  /// `[一-龥぀-ゟ゠-ヿ]+`.
  private static let cjk = CharacterRun.of(
    ranges: "\u{4E00}\u{9FA5}\u{3040}\u{309F}\u{30A0}\u{30FF}")

  /// Scripts without spaces between words.
  private static let asian = CharacterRun.of(
    ranges: """
      \u{4E00}\u{9FFF}\u{3400}\u{4DBF}\u{8C48}\u{FAFF}\u{3040}\u{309F}\u{30A0}\u{30FF}\
      \u{FF65}\u{FF9F}\u{2F00}\u{2FDF}\u{E40}\u{E7F}\u{E80}\u{EFF}\u{1780}\u{17FF}\
      \u{1000}\u{109F}\u{AA60}\u{AA7F}\u{A9E0}\u{A9FF}\u{AC00}\u{D7AF}\u{1100}\u{11FF}
      """)

  private static let youtu: [CharacterRun] = [
    .of(ranges: "\u{AC00}\u{D7A3}\u{3131}\u{318E}"),
    .of(
      ranges: """
        \u{FF01}\u{FF01}\u{2026}\u{2026}\u{201C}\u{201D}\u{2018}\u{2019}\u{2014}\u{2014}\
        \u{FF1A}\u{FF1B}\u{FF0C}\u{FF0C}\u{3001}\u{303F}\u{FE30}\u{FE4F}
        """),
    .of(ranges: "\u{3105}\u{312F}"),
    cjk,
  ]

  /// ` ?[^(\s|.,!?…。，、।۔،)]+`: what is between signs.
  private static let betweenSigns = CharacterRun(
    lead: .space, classes: .whitespace,
    scalars: CharacterRun.ranges(
      "((||..,,!!??))\u{2026}\u{2026}\u{3001}\u{3002}\u{FF0C}\u{FF0C}\u{964}\u{964}"
        + "\u{6D4}\u{6D4}\u{60C}\u{60C}"),
    isInverted: true)

  private static let chameleon: [SplitStep] = [
    .sentinels,
    .runs([
      .of(ranges: "\t\n", maximum: 1), .of(ranges: "  ", minimum: 4, maximum: 4),
      .of(ranges: "  ", minimum: 2, maximum: 2),
    ]),
    digits(maximum: 1),
    .runs([.of(ranges: "!/:@[`{~", .punctuation, maximum: 1)]),
    .words(.gpt2),
  ]

  /// `[一-龥ࠀ-一가-퟿]+`.
  private static let beyondEurope = CharacterRun.of(
    ranges: "\u{800}\u{9FA5}\u{AC00}\u{D7FF}")

  private static let deepseekCoder: [SplitStep] = [
    .runs([.of(.newline, maximum: 1)]),
    .runs([.of(.letter, lead: .whitespace)]),
    .runs([.of(.punctuation, lead: .whitespace)]),
    .runs([beyondEurope]),
    digits(maximum: 1),
  ]

  private static let deepseekLLM: [SplitStep] = [
    .runs([.of(.newline, maximum: 1)]),
    .runs([.of(ranges: lettersWithCase, lead: .whitespace)]),
    .runs([
      .of(
        ranges: "!/:~\u{FF01}\u{FF0F}\u{FF1A}\u{FF5E}\u{2018}\u{201F}\u{3000}\u{3002}",
        lead: .whitespace)
    ]),
    .trailingWhitespace,
    .runs([beyondEurope]),
    digits(maximum: .max),
  ]

  /// The letters that have a case, as the pattern of DeepSeek LLM lists them.
  private static let lettersWithCase = """
    \u{41}\u{5A}\u{61}\u{7A}\u{B5}\u{B5}\u{C0}\u{D6}\u{D8}\u{F6}\u{F8}\u{1BA}\
    \u{1BC}\u{1BF}\u{1C4}\u{293}\u{295}\u{2AF}\u{370}\u{373}\u{376}\u{376}\
    \u{377}\u{377}\u{37B}\u{37D}\u{37F}\u{37F}\u{386}\u{386}\u{388}\u{38A}\
    \u{38C}\u{38C}\u{38E}\u{3A1}\u{3A3}\u{3F5}\u{3F7}\u{481}\u{48A}\u{52F}\
    \u{531}\u{556}\u{10A0}\u{10C5}\u{13A0}\u{13F5}\u{13F8}\u{13FD}\u{1C90}\u{1CBA}\
    \u{1CBD}\u{1CBF}\u{1D00}\u{1D2B}\u{1D6B}\u{1D77}\u{1D79}\u{1D9A}\
    \u{1E00}\u{1F15}\u{1F18}\u{1F1D}\u{1F20}\u{1F45}\u{1F48}\u{1F4D}\
    \u{1F50}\u{1F57}\u{1F59}\u{1F59}\u{1F5B}\u{1F5B}\u{1F5D}\u{1F5D}\
    \u{1F5F}\u{1F7D}\u{1F80}\u{1FB4}\u{1FB6}\u{1FBC}\u{1FBE}\u{1FBE}\
    \u{1FC2}\u{1FC4}\u{1FC6}\u{1FCC}\u{1FD0}\u{1FD3}\u{1FD6}\u{1FDB}\
    \u{1FE0}\u{1FEC}\u{1FF2}\u{1FF4}\u{1FF6}\u{1FFC}\u{2102}\u{2102}\
    \u{2107}\u{2107}\u{210A}\u{2113}\u{2115}\u{2115}\u{2119}\u{211D}\
    \u{2124}\u{2124}\u{2126}\u{2126}\u{2128}\u{2128}\u{212A}\u{212D}\
    \u{212F}\u{2134}\u{2139}\u{2139}\u{213C}\u{213F}\u{2145}\u{2149}\
    \u{214E}\u{214E}\u{2183}\u{2183}\u{2184}\u{2184}\u{2C00}\u{2C7B}\
    \u{2C7E}\u{2CE4}\u{2CEB}\u{2CEE}\u{2CF2}\u{2CF2}\u{2CF3}\u{2CF3}\
    \u{A640}\u{A66D}\u{A680}\u{A69B}\u{A722}\u{A76F}\u{A771}\u{A787}\
    \u{A78B}\u{A78E}\u{AB70}\u{ABBF}\u{FB00}\u{FB06}\u{FB13}\u{FB17}\
    \u{FF21}\u{FF3A}\u{FF41}\u{FF5A}\u{10400}\u{1044F}\u{104B0}\u{104D3}\
    \u{104D8}\u{104FB}\u{10C80}\u{10CB2}\u{10CC0}\u{10CF2}\u{118A0}\u{118DF}\
    \u{1E900}\u{1E943}
    """
}
