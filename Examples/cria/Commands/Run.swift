import ArgumentParser
import LlamaModel
import Sampling

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Chats with a model, or lets it continue a text.",
    discussion: """
      Without MODEL it runs the small model that comes with cria. Without a prompt it reads one per \
      line, until Ctrl-D or /bye; Ctrl-C cuts an answer. A model file with a chat template is talked \
      to by that, and its thinking goes to standard error. One without, but with the marks of a \
      family that chats, is talked to as they are; any other continues the text, as with --raw.

      Examples:
        cria run
        cria run model.gguf --system "You are a math tutor." -p "What is 2 + 2?"
        cria run model.gguf --reasoning off
        cria run -p "Once upon a time" --max-tokens 100 --seed 7
        cria run model.gguf --raw -p "The capital of France is" --temperature 0
        cria run model.gguf --schema recipe.json -p "A recipe for pancakes"
        cria run model-f16.gguf --quantize Q4_K_M
      """)

  @Argument(help: "A GGUF file, or the first part of a split one. (default: the embedded model)")
  var model: String?

  @Option(
    name: [.customShort("p"), .long], parsing: .unconditional,
    help: ArgumentHelp("What to say, or the text to continue.", valueName: "text"))
  var prompt: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Instructions that precede the chat.", valueName: "text"))
  var system: String?

  @Option(help: "How much the model thinks first, if its template offers a choice.")
  var reasoning = ReasoningEffort.automatic

  @Flag(help: "Continue the text as it is, without a chat template.")
  var raw = false

  @Option(
    help: ArgumentHelp(
      "The most tokens to generate. (default: as many as the context holds)", valueName: "n"))
  var maxTokens: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A text that ends the answer; may be repeated.", valueName: "text"))
  var stop: [String] = []

  @Option(
    help: ArgumentHelp(
      "Positions for prompt and answer together. (default: what the model was trained for)",
      valueName: "n"))
  var context: Int?

  @Option(
    help: ArgumentHelp("A JSON Schema that the answer must match.", valueName: "file"))
  var schema: String?

  @Option(help: ArgumentHelp("A GBNF grammar that the answer must match.", valueName: "file"))
  var grammar: String?

  @OptionGroup(title: "Sampling") var sampling: SamplingGroup
  @OptionGroup(title: "Guessing ahead") var speculation: SpeculationGroup
  @OptionGroup(title: "Runtime") var runtime: RuntimeGroup
  @OptionGroup var output: OutputGroup
  @OptionGroup var quiet: QuietGroup

  func validate() throws {
    if let maxTokens, maxTokens < 0 {
      throw ValidationError("--max-tokens \(maxTokens) is too few; give 0 or more.")
    }
    if let context, context < 1 {
      throw ValidationError("--context \(context) is too short; give 1 or more.")
    }
    if raw, system != nil {
      throw ValidationError("--system is for chats, and --raw is none; give one of them.")
    }
    if schema != nil, grammar != nil {
      throw ValidationError("--schema and --grammar exclude each other; give one of them.")
    }
    if output.json, prompt == nil {
      throw ValidationError("--json gives one answer, so it needs a prompt: add -p.")
    }
  }

  func run() async throws {
    let file = try ModelFile(pathOrEmbedded: model)
    let answers = Answers(
      mode: try mode(of: try file.load(runtime), in: file), isJSON: output.json,
      isQuiet: quiet.quiet)
    if let prompt {
      try await answers.answer(prompt)
    } else {
      try await answers.readLines()
    }
  }

  /// How the model takes prompts, which standard error says where the file does not.
  private func mode(of model: LanguageModel, in file: ModelFile) throws -> Answers.Mode {
    let options = try options(for: model)
    if raw { return .text(model, options) }
    let template: ConversationTemplate
    do {
      template = try ConversationTemplate(model)
    } catch {
      throw Failure(any: error, file: file.path)
    }
    switch template.origin {
    case .given: break
    case .recognized(let family):
      note("\(file.name) has no chat template: it is talked to as \(family) models are.")
    case .plain where system == nil:
      let remark = prompt == nil ? " /bye or Ctrl-D ends." : ""
      note("\(file.name) has no chat template: it continues what you write.\(remark)")
      return .text(model, options)
    case .plain:
      note("\(file.name) has no chat template: it is given a dialogue in plain text.")
    }
    return .chat(
      ChatSession(
        model, instructions: system,
        options: ChatOptions(generation: options, reasoning: reasoning), template: template))
  }

  private func note(_ line: String) {
    if !quiet.quiet { Console.note(line) }
  }

  private func options(for model: LanguageModel) throws -> GenerationOptions {
    GenerationOptions(
      sampling: try sampling.options(for: model), constraint: try constraint(),
      speculation: try speculation.speculation(runtime), maximumTokens: maxTokens, stop: stop,
      stopsAtEndTokens: !sampling.ignoreEOS, contextLength: context, cacheType: runtime.cacheType,
      batchSize: runtime.batch)
  }

  private func constraint() throws(Failure) -> GenerationConstraint? {
    if let schema {
      let text = try InputFile.text(schema)
      do throws(SchemaError) {
        return .schema(try JSONSchema(text))
      } catch {
        throw Failure(.badData, "invalidSchema", error.description, at: schema)
      }
    }
    guard let grammar else { return nil }
    let text = try InputFile.text(grammar)
    do throws(GrammarError) {
      return .grammar(try Grammar(text))
    } catch {
      throw Failure(.badData, "invalidGrammar", error.description, at: grammar)
    }
  }
}
