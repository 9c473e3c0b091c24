import Foundation
import Testing

/// The options of `cria run` that choose tokens.
struct SamplingTests {
  private func run(_ options: String..., maxTokens: Int = 8) async throws -> Executable.Outcome {
    try await Executable.cria.run(
      ["run", "--raw", "-p", "Once upon a time", "--max-tokens", "\(maxTokens)", "--quiet"]
        + options)
  }

  @Test func theMostLikelyTokensAreTheSameHoweverTheyAreAskedFor() async throws {
    let greedy = try await run("--temperature", "0")
    #expect(greedy.status == 0 && greedy.output.count > 2, "\(greedy.errors)")
    #expect(try await run("--top-k", "1").output == greedy.output)
    #expect(try await run("--preset", "greedy").output == greedy.output)
    #expect(try await run("--samplers", "top_k", "--top-k", "1").output == greedy.output)
  }

  @Test func guessingChangesNothing() async throws {
    let scratch = try Scratch()
    let model = try scratch.model()
    for options in [["--temperature", "0"], ["--seed", "5"]] {
      let arguments =
        ["run", model, "--raw", "-p", "Hello", "--max-tokens", "12", "--quiet"] + options
      let plain = try await Executable.cria.run(arguments)
      #expect(plain.status == 0, "\(plain.errors)")
      let guessed = try await Executable.cria.run(arguments + ["--lookup"])
      let drafted = try await Executable.cria.run(
        arguments + ["--model-draft", model, "--draft-max", "3"])
      #expect(guessed.output == plain.output, "\(guessed.errors)")
      #expect(drafted.output == plain.output, "\(drafted.errors)")
    }
  }

  @Test func optionsThatCannotBeAreRefused() async throws {
    for options in [
      ["--samplers", "none"], ["--logit-bias", "x"], ["--preset", "none"], ["--top-p", "x"],
    ] {
      let outcome = try await Executable.cria.run(["run", "-p", "x"] + options)
      #expect(outcome.status == 64, "\(options)")
      #expect(outcome.errors.contains(options[0]), "\(outcome.errors)")
    }
  }

  private struct Person: Decodable {
    var name: String
    var age: Int
  }

  @Test func anAnswerMatchesItsSchema() async throws {
    let scratch = try Scratch()
    let schema = try scratch.file(
      "person.json",
      """
      {"type": "object", "required": ["name", "age"], "additionalProperties": false, "properties": {
        "name": {"type": "string", "maxLength": 6}, "age": {"type": "integer", "minimum": 7, "maximum": 9}}}
      """)
    let answer = try await run("--schema", schema, "--temperature", "1.5", maxTokens: 60)
    #expect(answer.status == 0, "\(answer.errors)")
    let person: Person = try answer.json()
    #expect(person.name.unicodeScalars.count <= 6 && (7...9).contains(person.age))

    let short = try await run("--schema", schema, maxTokens: 3)
    #expect(short.status == 65 && short.output.isEmpty)
    #expect(short.errors.contains("too few"))
  }

  @Test func anAnswerMatchesItsGrammar() async throws {
    let scratch = try Scratch()
    let grammar = try scratch.file("answer.gbnf", #"root ::= ("yes" | "no") "!""#)
    let answer = try await run("--grammar", grammar)
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(["yes!\n", "no!\n"].contains(answer.output))
  }

  @Test func aSchemaThatCannotBeHonouredIsRefusedByKeyword() async throws {
    let scratch = try Scratch()
    let schema = try scratch.file("schema.json", #"{"type": "array", "contains": {}}"#)
    let outcome = try await run("--schema", schema)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("#/contains"), "\(outcome.errors)")
  }
}
