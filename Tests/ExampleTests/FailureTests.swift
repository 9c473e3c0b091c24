import Foundation
import GGUFKit
import Testing

struct FailureTests {
  private struct Report: Decodable {
    struct Body: Decodable {
      var code: String
      var message: String
      var location: String?
    }

    var error: Body
  }

  private func expectFailure(
    _ outcome: Executable.Outcome, status: Int32, naming text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
    #expect(
      outcome.errors.hasPrefix("cria: ") && outcome.errors.contains(text),
      "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(
      outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: ["run", "inspect", "bench", "tokenize"])
  func aMissingModelIsNamed(command: String) async throws {
    let outcome = try await Executable.cria.run(command, "/nonexistent/model.gguf")
    expectFailure(outcome, status: 66, naming: "/nonexistent/model.gguf")
  }

  @Test func aMisspeltCommandIsPointedOut() async throws {
    expectFailure(try await Executable.cria.run("inspekt"), status: 66, naming: "--help")
  }

  @Test func aFolderIsNoModel() async throws {
    let scratch = try Scratch()
    expectFailure(
      try await Executable.cria.run("run", scratch.path, "-p", "Hello"), status: 65,
      naming: scratch.path)
  }

  @Test func garbageIsNoModel() async throws {
    let scratch = try Scratch()
    let path = try scratch.file("garbage.gguf", "this is no model, whatever its name says")
    for command in ["run", "inspect"] {
      expectFailure(
        try await Executable.cria.run(command, path), status: 65, naming: "garbage.gguf")
    }
  }

  @Test func anEmptyFileIsNoModel() async throws {
    let scratch = try Scratch()
    expectFailure(
      try await Executable.cria.run("inspect", scratch.file("empty.gguf", "")), status: 65,
      naming: "empty.gguf")
  }

  @Test func anUnknownArchitectureIsNamed() async throws {
    let scratch = try Scratch()
    let path = scratch.path("other.gguf")
    try GGUFBuilder(metadata: ["general.architecture": .string("abacus")], tensors: [])
      .write(to: URL(filePath: path))
    expectFailure(
      try await Executable.cria.run("run", path, "-p", "Hello"), status: 65, naming: "abacus")
  }

  @Test(arguments: [
    (["inspect"], "model"),
    (["inspect", "a.gguf", "b.gguf"], "b.gguf"),
    (["bench", "--wrong", "a.gguf"], "--wrong"),
    (["run", "-p", "x", "--top-p", "2"], "--top-p"),
    (["run", "-p", "x", "--repeat-penalty", "-1"], "--repeat-penalty"),
    (["run", "-p", "x", "--max-tokens", "many"], "many"),
    (["run", "-p", "x", "--max-tokens", "-2"], "--max-tokens"),
    (["run", "-p", "x", "--context", "0"], "--context"),
    (["run", "-p", "x", "--batch", "0"], "--batch"),
    (["run", "-p", "x", "--threads", "0"], "--threads"),
    (["run", "-p", "x", "--cache-type", "f8"], "f8"),
    (["run", "-p", "x", "--backend", "abacus"], "abacus"),
    (["run", "-p", "x", "--kernels", "abacus"], "abacus"),
    (["logits", "a.gguf", "--tokens", "1,x", "--output", "b"], "1,x"),
    (["logits", "a.gguf", "--tokens", "", "--output", "b"], "--tokens"),
  ])
  func wrongUsageIsExplained(arguments: [String], text: String) async throws {
    expectFailure(try await Executable.cria.run(arguments), status: 64, naming: text)
  }

  @Test func failuresAreJSONWithJSON() async throws {
    let scratch = try Scratch()
    let path = try scratch.file("garbage.gguf", "this is no model, whatever its name says")
    let outcome = try await Executable.cria.run("inspect", path, "--json")
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.errors.utf8))
    #expect(report.error.code == "notGGUF")
    #expect(!report.error.message.isEmpty)
    #expect(report.error.location?.contains("garbage.gguf") == true)

    let usage = try await Executable.cria.run("run", "--json")
    #expect(usage.status == 64)
    let usageReport = try JSONDecoder().decode(Report.self, from: Data(usage.errors.utf8))
    #expect(usageReport.error.code == "usage")
    #expect(usageReport.error.message.contains("-p"))
    #expect(usageReport.error.location == nil)
  }

  @Test func aPromptLongerThanTheContextIsRefused() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "run", scratch.model(), "-p", "A long prompt", "--context", "4", "--quiet")
    expectFailure(outcome, status: 65, naming: "context")
  }

  @Test func theEmbeddedModelMayBeMissing() async throws {
    let scratch = try Scratch()
    let copy = URL(filePath: scratch.path("cria"))
    try FileManager.default.copyItem(at: Executable.cria.url, to: copy)
    let process = try RunningProcess(copy, ["-p", "Hello"])
    expectFailure(try await process.wait(), status: 66, naming: "embedded model")
  }

  @Test(arguments: ["run", "inspect", "bench", "tokenize", "detokenize", "logits"])
  func everyCommandHasHelpWithAnExample(command: String) async throws {
    let outcome = try await Executable.cria.run(command, "--help")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("cria \(command)"))
    #expect(outcome.output.contains("Example"))
  }
}
