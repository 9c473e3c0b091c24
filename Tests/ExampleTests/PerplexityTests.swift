import Foundation
import Testing

/// The command `perplexity`.
struct PerplexityTests {
  private struct Figures: Decodable {
    var perplexity: Double
    var standard_error: Double
    var tokens: Int
    var seconds: Double
  }

  @Test func figuresAreGivenAndDoNotDependOnTheBatch() async throws {
    let scratch = try Scratch()
    let text = try scratch.file("text.txt", String(repeating: "hello the hello, ", count: 20))
    let model = try scratch.model()
    let outcome = try await Executable.cria.run(
      "perplexity", model, "--file", text, "--context", "16", "--chunks", "3", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let figures: Figures = try outcome.json()
    #expect(figures.tokens == 3 * 7)
    #expect(figures.perplexity > 1)
    #expect(figures.standard_error > 0)
    let again: Figures = try await Executable.cria.run(
      "perplexity", model, "--file", text, "--context", "16", "--chunks", "3", "--batch", "5",
      "--threads", "1", "--json"
    ).json()
    #expect(again.perplexity == figures.perplexity)
    let table = try await Executable.cria.run(
      "perplexity", model, "--file", text, "--context", "16", "--chunks", "3")
    #expect(table.output.contains("21 tokens in 3 windows of 16"))
  }

  @Test func whatIsWrongIsNamed() async throws {
    let scratch = try Scratch()
    let (model, text) = (try scratch.model(), try scratch.file("text.txt", "hello"))
    let missing = try await Executable.cria.run(
      "perplexity", model, "--file", scratch.path("none.txt"))
    #expect(missing.status == 66)
    let short = try await Executable.cria.run("perplexity", model, "--file", text, "--json")
    #expect(short.status == 65)
    #expect(short.errors.contains("textTooShort"))
    let wrong = try await Executable.cria.run(
      "perplexity", model, "--file", text, "--context", "2")
    #expect(wrong.status == 64)
  }
}
