public import ArgumentParser
public import LlamaModel

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns texts into vectors.",
    discussion: """
      Texts that mean alike have vectors in like directions. With --rerank, a model that was trained \
      to rank texts says how well each answers a question, the best first.

      Examples:
        cria embed model.gguf "A cria is a baby llama." "Llamas have young." --json
        cria embed reranker.gguf --rerank "What is a cria?" "A baby llama." "A kind of hat."
      """)

  @Argument(help: "A GGUF file, or the first part of a split one.")
  var model: String

  @Argument(help: "The texts.")
  var texts: [String] = []

  @Option(help: "Token ids, separated by commas, instead of a text.")
  var tokens: TokenList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rank the texts by how well they answer this.", valueName: "question"))
  var rerank: String?

  @Option(help: "How the tokens' features become one vector. (default: what the model asks for)")
  var pooling: TextEmbedder.Pooling?

  @Flag(inversion: .prefixedNo, help: "Scale vectors to length 1.")
  var normalize = true

  @OptionGroup(title: "Runtime") var runtime: RuntimeGroup
  @OptionGroup var format: OutputGroup

  func validate() throws {
    if texts.isEmpty == (tokens == nil) { throw ValidationError("Give TEXT or --tokens.") }
    if rerank != nil, texts.isEmpty || pooling != nil || !normalize {
      throw ValidationError("--rerank needs TEXT, and gives no vectors to pool or normalize.")
    }
  }

  func run() throws {
    let model = try ModelFile(path: model).load(runtime)
    if let rerank {
      try write(TextReranker(model).rank(texts, for: rerank))
      return
    }
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

  private func write(_ ranked: [TextReranker.Ranked]) throws {
    if format.json {
      try Console.writeJSON(
        Ranking(results: ranked.map { .init(index: $0.index, score: $0.score) }))
    } else {
      try Console.write(ranked.map { "\($0.score)\t\(texts[$0.index])\n" }.joined())
    }
  }

  private struct Ranking: Encodable {
    struct Item: Encodable {
      var index: Int
      var score: Float
    }

    var results: [Item]
  }

  private struct Result: Encodable {
    var embeddings: [[Float]]
    var dimensions: Int
  }
}

extension TextEmbedder.Pooling: ExpressibleByArgument {}
