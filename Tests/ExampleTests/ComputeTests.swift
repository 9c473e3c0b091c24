import Foundation
import Testing

/// The commands `logits` and `bench`.
struct ComputeTests {
  private struct Size: Decodable {
    var rows: Int
    var columns: Int
  }

  private struct Speed: Decodable {
    var model: String
    var threads: Int
    var kernels: String
    var prompt_tokens_per_second: Double
    var generate_tokens_per_second: Double
    var load_seconds: Double
    var peak_bytes: Int
  }

  @Test func logitsOfEveryPositionAreWritten() async throws {
    let scratch = try Scratch()
    let (model, path) = (try scratch.model(), scratch.path("logits.f32"))
    let outcome = try await Executable.cria.run(
      "logits", model, "--tokens", "1,50,60", "--output", path, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let size: Size = try outcome.json()
    #expect(size.rows == 3)
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.count == size.rows * size.columns * 4)
    #expect(scratch.names == ["logits.f32", "model.gguf"])

    // However the tokens are cut into steps, and over what was there.
    let again = try await Executable.cria.run(
      "logits", model, "--tokens", "1,50,60", "--output", path, "--batch", "2", "--threads", "1")
    #expect(again.status == 0)
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }

  @Test func aFailureLeavesNoFile() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "logits", scratch.model(), "--tokens", "1,999999", "--output", scratch.path("logits.f32"))
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("999999"))
    #expect(scratch.names == ["model.gguf"])
  }

  @Test func aFolderThatDoesNotExistIsNamed() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "logits", scratch.model(), "--tokens", "1", "--output", scratch.path("none/logits.f32"))
    #expect(outcome.status == 70)
    #expect(outcome.errors.contains("none/logits.f32"))
  }

  @Test func benchGivesItsFigures() async throws {
    let scratch = try Scratch()
    let model = try scratch.model()
    let outcome = try await Executable.cria.run(
      "bench", model, "--prompt", "8", "--generate", "2", "--repetitions", "2", "--threads", "1",
      "--kernels", "scalar", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let speed: Speed = try outcome.json()
    #expect(speed.model == model)
    #expect(speed.threads == 1)
    #expect(speed.kernels == "scalar")
    #expect(speed.prompt_tokens_per_second > 0)
    #expect(speed.generate_tokens_per_second > 0)
    #expect(speed.load_seconds > 0)
    #expect(speed.peak_bytes > 1_000_000)
    #expect(outcome.output.count { $0 == "\n" } == 1)
  }

  @Test func benchShowsATable() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "bench", scratch.model(), "--prompt", "4", "--generate", "2", "--repetitions", "1",
      "--depth", "3", "--batch-sequences", "2")
    #expect(outcome.output.contains("tokens/s (4 tokens after 3)"), "\(outcome.errors)")
    #expect(outcome.output.contains("tokens/s (2 tokens in each of 2 sequences after 3)"))
    #expect(outcome.output.contains("GB/s"))
  }
}
