import Foundation
import Testing

/// The command `quantize`.
struct QuantizeTests {
  private struct Outcome: Decodable {
    struct Tensor: Decodable {
      var name: String
      var from: String
      var to: String
      var rmse: Double?
    }

    var output: String
    var bytes: Int
    var bits_per_weight: Double
    var seconds: Double?
    var tensors: [Tensor]
  }

  @Test func aSmallerModelIsWritten() async throws {
    let scratch = try Scratch()
    let (model, path) = (try scratch.model(), scratch.path("small.gguf"))
    let dry = try await Executable.cria.run("quantize", model, path, "q8_0", "--dry-run", "--json")
    #expect(dry.status == 0, "\(dry.errors)")
    let plan: Outcome = try dry.json()
    #expect(scratch.names == ["model.gguf"])
    #expect(plan.seconds == nil)

    let outcome = try await Executable.cria.run("quantize", model, path, "Q8_0", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let result: Outcome = try outcome.json()
    #expect(scratch.names == ["model.gguf", "small.gguf"])
    #expect(try Data(contentsOf: URL(filePath: path)).count == result.bytes)
    #expect(result.bytes == plan.bytes)
    #expect(result.output == path)
    #expect(result.bits_per_weight > 8.5 && result.bits_per_weight < 10)
    for tensor in result.tensors {
      #expect(tensor.from == "F32")
      let rmse = try #require(tensor.rmse)
      #expect(tensor.to == "F32" ? rmse == 0 : tensor.to == "Q8_0" && rmse > 0)
    }
    let answer = try await Executable.cria.run("run", path, "-p", "hello", "--max-tokens", "2")
    #expect(answer.status == 0, "\(answer.errors)")
  }

  @Test func quantizingWhileLoadingGivesTheSameModel() async throws {
    let scratch = try Scratch()
    let (model, path) = (try scratch.model(), scratch.path("small.gguf"))
    let written = try await Executable.cria.run("quantize", model, path, "Q4_0", "--quiet")
    #expect(written.status == 0, "\(written.errors)")
    var logits: [Data] = []
    for (index, arguments) in [[path], [model, "--quantize", "q4_0"], [model]].enumerated() {
      let output = scratch.path("\(index).f32")
      let outcome = try await Executable.cria.run(
        ["logits"] + arguments + ["--tokens", "1,2,3", "--output", output])
      #expect(outcome.status == 0, "\(outcome.errors)")
      logits.append(try Data(contentsOf: URL(filePath: output)))
    }
    #expect(logits[0] == logits[1])
    #expect(logits[0] != logits[2])
    let again = try await Executable.cria.run("run", path, "-p", "a", "--quantize", "q4_1")
    #expect(again.status == 65 && again.errors.contains("already"), "\(again.errors)")
    let unknown = try await Executable.cria.run("run", model, "-p", "a", "--quantize", "Q9")
    #expect(unknown.status == 64, "\(unknown.errors)")
  }

  @Test func typesCanBeChosen() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run(
      "quantize", scratch.model(), scratch.path("x.gguf"), "Q8_0", "--dry-run", "--json",
      "--tensor-type", "ffn_(up|gate)=q4_0", "--token-embedding-type", "f16")
    let result: Outcome = try outcome.json()
    let types = Dictionary(uniqueKeysWithValues: result.tensors.map { ($0.name, $0.to) })
    #expect(types["blk.1.ffn_up.weight"] == "Q4_0")
    #expect(types["token_embd.weight"] == "F16")
    #expect(types["blk.1.ffn_down.weight"] == "Q8_0")
  }

  @Test func whatIsWrongIsNamed() async throws {
    let scratch = try Scratch()
    let (model, path) = (try scratch.model(), scratch.path("x.gguf"))
    for (arguments, status, part) in [
      ((model, path, "Q9", "--json"), Int32(64), "unknownRecipe"),
      ((model, model, "Q8_0", "--json"), 64, "replace"),
      ((model, path, "Q8_0", "--tensor-type=x"), 64, "tensor-type"),
      ((scratch.path("none.gguf"), path, "Q8_0", "--json"), 66, "notFound"),
      ((model, scratch.path("none/x.gguf"), "Q8_0", "--json"), 70, "cannotWrite"),
    ] {
      let outcome = try await Executable.cria.run(
        "quantize", arguments.0, arguments.1, arguments.2, arguments.3)
      #expect(outcome.status == status, "\(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
    #expect(scratch.names == ["model.gguf"])
  }
}
