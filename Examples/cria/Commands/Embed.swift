public import ArgumentParser
public import LlamaModel

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns texts into vectors.",
    discussion: """
      Texts that mean alike have vectors in like directions.

      Example:
        cria embed model.gguf "A cria is a baby llama." "Llamas have young." --json
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Argument(help: "The texts.")
  var texts: [String] = []

  @Option(help: "Token ids, separated by commas, instead of a text.")
  var tokens: TokenList?

  @Option(help: "How the tokens' features become one vector. (default: what the model asks for)")
  var pooling: TextEmbedder.Pooling?

  @Flag(inversion: .prefixedNo, help: "Scale vectors to length 1.")
  var normalize = true

  @OptionGroup(title: "Runtime") var runtime: RuntimeGroup
  @OptionGroup var format: OutputGroup

  func validate() throws {
    if texts.isEmpty == (tokens == nil) { throw ValidationError("Give TEXT or --tokens.") }
  }

  func run() throws {
    let model = try ModelFile(path: model).load(runtime)
    var embedder = TextEmbedder(model, pooling: pooling)
    embedder.normalizes = normalize
    let vectors =
      if let tokens { [try embedder.embed(tokens: tokens.tokens)] } else {
        try texts.map { try embedder.embed($0) }
      }
    if format.json {
      try Console.writeJSON(Result(embeddings: vectors, dimensions: embedder.dimensions))
    } else {
      let lines = vectors.map { $0.map { "\($0)" }.joined(separator: " ") + "\n" }
      try Console.write(lines.joined())
    }
  }

  private struct Result: Encodable {
    var embeddings: [[Float]]
    var dimensions: Int
  }
}

extension TextEmbedder.Pooling: ExpressibleByArgument {}
