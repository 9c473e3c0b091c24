import ArgumentParser

/// The command-line tool: every command is a few lines over the libraries.
struct Cria: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cria",
    abstract: "Shrinks language models and runs them on this computer.",
    discussion: """
      Without a command, cria runs the small model that comes with it:

        cria -p "Once upon a time"
      """,
    version: "0.1.0",
    subcommands: [
      Run.self, Inspect.self, Bench.self, Tokenize.self, Detokenize.self, Template.self,
      Logits.self, Embed.self, Perplexity.self, Quantize.self, Merge.self,
      Encode.self, Decode.self,
    ],
    defaultSubcommand: Run.self)
}

@main
enum Main {
  static func main() async {
    Interruption.install()
    do {
      var command = try Cria.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      // Help and the version are thrown, too.
      if Cria.exitCode(for: error).isSuccess { Cria.exit(withError: error) }
      Failure(any: error).exit()
    }
  }
}
