import ArgumentParser
import LlamaModel

struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns text into token ids.",
    discussion: """
      Without TEXT it reads standard input.

      Examples:
        cria tokenize model.gguf "Hello world" --add-bos
        cria tokenize model.gguf --inputs texts.json --json
        cria tokenize checkpoint/tokenizer.json "Hello world"
      """)

  @Argument(help: "A GGUF file, which needs no tensors, or a tokenizer.json.")
  var model: String

  @Argument(help: "The text.")
  var text: String?

  @Option(help: ArgumentHelp("A JSON array of texts to use instead.", valueName: "file"))
  var inputs: String?

  @Flag(help: "Turn special pieces in the text into their tokens.")
  var special = false

  @Flag(help: "Add the tokens that the vocabulary asks for at the beginning and end.")
  var addBos = false

  @OptionGroup var output: OutputGroup

  func validate() throws {
    if text != nil, inputs != nil { throw ValidationError("Give TEXT or --inputs, not both.") }
  }

  func run() throws {
    let tokenizer = try TokenizerFile.tokenizer(path: model)
    var options: EncodingOptions = []
    if special { options.insert(.parseSpecial) }
    if addBos { options.insert(.addSpecial) }
    if let inputs {
      let texts = try InputFile.json(inputs, as: [String].self, what: "an array of texts")
      let rows = texts.map { tokenizer.encode($0, options: options) }
      if output.json {
        try Console.writeJSON(rows)
      } else {
        try Console.write(rows.map { TokenList.text($0) + "\n" }.joined())
      }
    } else {
      let tokens = tokenizer.encode(try text ?? Console.readAll(), options: options)
      if output.json {
        try Console.writeJSON(["tokens": tokens])
      } else {
        try Console.write(TokenList.text(tokens) + "\n")
      }
    }
  }
}
