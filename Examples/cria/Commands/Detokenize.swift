import ArgumentParser
import LlamaModel

struct Detokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns token ids into text.",
    discussion: """
      Special pieces are shown. Without IDS it reads standard input.

      Examples:
        cria detokenize model.gguf 15043,3186
        cria tokenize model.gguf "Hello world" | cria detokenize model.gguf
      """)

  @Argument(help: "A GGUF file, which needs no tensors, or a tokenizer.json.")
  var model: String

  @Argument(help: "Token ids, separated by commas.")
  var ids: TokenList?

  @Option(help: ArgumentHelp("A JSON array of arrays of ids to use instead.", valueName: "file"))
  var inputs: String?

  @OptionGroup var output: OutputGroup

  func validate() throws {
    if ids != nil, inputs != nil { throw ValidationError("Give IDS or --inputs, not both.") }
  }

  func run() throws {
    let tokenizer = try TokenizerFile.tokenizer(path: model)
    if let inputs {
      let rows = try InputFile.json(inputs, as: [[Int]].self, what: "an array of arrays of ids")
      let texts = try rows.map { try text(of: $0, by: tokenizer) }
      if output.json {
        try Console.writeJSON(texts)
      } else {
        try Console.write(texts.map { $0 + "\n" }.joined())
      }
    } else {
      let text = try text(of: ids?.tokens ?? readIDs(), by: tokenizer)
      if output.json {
        try Console.writeJSON(["text": text])
      } else {
        try Console.write(text + "\n")
      }
    }
  }

  private func text(of tokens: [Int], by tokenizer: any Tokenizer) throws -> String {
    let range = 0..<tokenizer.vocabulary.count
    if let token = tokens.first(where: { !range.contains($0) }) {
      throw Failure(
        .badData, "invalidToken",
        "token \(token) is outside the vocabulary; the ids are 0 to \(range.upperBound - 1)",
        at: model)
    }
    return tokenizer.decode(tokens, options: .showSpecial)
  }

  private func readIDs() throws -> [Int] {
    guard let list = TokenList(argument: try Console.readAll()) else {
      throw Failure(
        .badData, "invalidInput", "these are not ids separated by commas or spaces",
        at: "standard input")
    }
    return list.tokens
  }
}
