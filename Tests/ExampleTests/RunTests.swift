import Foundation
import GGUFKit
import LlamaModel
import Testing

struct RunTests {
  private struct Answer: Decodable, Equatable {
    struct Usage: Decodable, Equatable {
      var prompt_tokens: Int
      var completion_tokens: Int
    }

    struct Timings: Decodable, Equatable {
      var prompt_seconds: Double
      var generate_seconds: Double
      var prompt_tokens_per_second: Double
      var generate_tokens_per_second: Double
    }

    var text: String
    var finish_reason: String
    var usage: Usage
    var timings: Timings
  }

  @Test func theEmbeddedModelAnswersTheSameForASeed() async throws {
    let first = try await Executable.cria.run(
      "run", "--raw", "-p", "Once upon a time", "--max-tokens", "6", "--seed", "7")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.count > 6)
    // `run` is what the tool does without a command.
    let second = try await Executable.cria.run(
      "-p", "Once upon a time", "--max-tokens", "6", "--seed", "7", "--threads", "1", "--quiet")
    #expect(second.output == first.output)
    #expect(second.errors == "")
  }

  @Test func jsonHoldsTextUsageAndTimings() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "run", scratch.model(), "-p", "Hello", "--max-tokens", "5", "--temperature", "0", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let answer: Answer = try outcome.json()
    #expect(answer.usage.completion_tokens <= 5)
    #expect(answer.usage.prompt_tokens > 1)
    #expect(["stop", "length"].contains(answer.finish_reason))
    #expect(answer.timings.prompt_seconds > 0)
  }

  @Test func aStopTextEndsTheAnswer() async throws {
    let scratch = try Scratch()
    let model = try scratch.model()
    let options = ["run", model, "-p", "Hello", "--max-tokens", "8", "--seed", "3", "--json"]
    let whole: Answer = try await Executable.cria.run(options).json()
    let stop = try #require(whole.text.dropFirst(2).first)
    let cut: Answer = try await Executable.cria.run(options + ["--stop", String(stop)]).json()
    #expect(cut.finish_reason == "stop")
    #expect(cut.text == String(whole.text.prefix { $0 != stop }))
  }

  @Test func linesFromAPipeAreAnsweredOneByOne() async throws {
    let outcome = try await Executable.cria.run(
      "--max-tokens", "3", "--seed", "1",
      input: "The cat\n\nThe dog\n/bye\nThis is not read\n")
    #expect(outcome.status == 0)
    #expect(outcome.output.count { $0 == "\n" } >= 2)
    #expect(outcome.errors.contains("no chat template"))
    #expect(outcome.errors.count { $0 == "\n" } == 1)
  }

  @Test func aModelWithATemplateChatsByIt() async throws {
    let scratch = try Scratch()
    let model = try scratch.model {
      $0.metadata[.chatTemplate] =
        "{% for m in messages %}{{ m.role }}: {{ m.content }} {% endfor %}assistant:"
    }
    let options = [
      "run", model, "-p", "Hello", "--max-tokens", "4", "--temperature", "0", "--json",
    ]
    let chat: Answer = try await Executable.cria.run(options).json()
    let told: Answer = try await Executable.cria.run(options + ["--system", "Be kind"]).json()
    let raw: Answer = try await Executable.cria.run(options + ["--raw"]).json()
    #expect(raw.usage.prompt_tokens < chat.usage.prompt_tokens)
    #expect(chat.usage.prompt_tokens < told.usage.prompt_tokens)
    let lines = try await Executable.cria.run(
      "run", model, "--max-tokens", "2", "--temperature", "0", input: "Hello\nAnd again\n")
    #expect(lines.status == 0)
    #expect(lines.errors == "")
    let both = try await Executable.cria.run(options + ["--raw", "--system", "Be kind"])
    #expect(both.status == 64)
  }

  @Test func aModelWithoutATemplateButWithMarksChatsWithAWarning() async throws {
    let scratch = try Scratch()
    let vocabulary = try Vocabulary.byteFallback(
      pieces: [], controlPieces: ["<|im_start|>", "<|im_end|>"])
    let model = try scratch.model { $0.vocabulary = vocabulary }
    let outcome = try await Executable.cria.run(
      "run", model, "-p", "Hello", "--max-tokens", "2", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("no chat template"))
    #expect(outcome.errors.contains("chatml"))
  }

  @Test func aTemplateThatIsNoneIsBadData() async throws {
    let scratch = try Scratch()
    let model = try scratch.model { $0.metadata[.chatTemplate] = "{% if %}" }
    let outcome = try await Executable.cria.run("run", model, "-p", "Hello")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("line 1"))
  }

  @Test func controlCEndsAGeneration() async throws {
    let scratch = try Scratch()
    // Without an end token it would go on for a long time.
    let vocabulary = try Vocabulary.byteLevel(merges: [], controlPieces: [])
    let model = try scratch.model {
      $0.vocabulary = vocabulary
      $0.contextLength = 1 << 20
    }
    let running = try Executable.cria.start(
      "run", model, "--raw", "-p", "Hello", interruptedAtFirstOutput: true)
    let outcome = try await running.wait()
    #expect(outcome.status == 130)
    #expect(outcome.errors.contains("interrupted"))
  }

  @Test func anotherBackendGivesAnAnswerToo() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "run", scratch.model(), "-p", "Hello", "--max-tokens", "2", "--backend", "reference",
      "--context", "16", "--json")
    let answer: Answer = try outcome.json()
    #expect(answer.usage.completion_tokens <= 2)
  }

  @Test func helloLlamaRunsWithoutAModel() async throws {
    let outcome = try await Executable.helloLlama.run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.output.isEmpty)
  }

  @Test func helloLlamaSaysWhatIsWrong() async throws {
    let outcome = try await Executable.helloLlama.run("/nonexistent.gguf")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("/nonexistent.gguf"))
  }
}
