import GGUFKit
import LlamaModel
import ModelConversion
import QuantCore
import TensorKernels
import Testing

/// Quantizing while a model loads.
struct LoadTests {
  @Test(arguments: [QuantizationRecipe.q4_0, .q8_0])
  func theModelIsTheOneThatWouldBeWritten(recipe: QuantizationRecipe) throws {
    let file = try RandomModel(seed: 3).file()
    let plan = try QuantizationPlan(for: file, recipe: recipe)
    let scratch = try Scratch()
    try plan.write(toPath: scratch.path("small.gguf"))
    let backend = try CPUBackend(threads: 2)
    let written = try LanguageModel(
      GGUFFile(path: scratch.path("small.gguf")), backend: backend)
    let loaded = try LanguageModel(file, backend: backend, transform: plan.transform())
    let original = try LanguageModel(file, backend: backend)
    let logits = try [written, loaded, original].map { model in
      try ModelSequence(model, capacity: 8).append([1, 2, 3], outputs: .all)
    }
    #expect(logits[0] == logits[1])
    #expect(logits[0] != logits[2])
  }

  @Test func aWeightThatIsNoNumberIsNamed() throws {
    var builder = try RandomModel(seed: 3).builder()
    let name = "blk.1.ffn_up.weight"
    let index = try #require(builder.tensors.firstIndex { $0.name == name })
    let tensor = builder.tensors[index]
    var values = try tensor.decoded()
    values[tensor.columns * 2 + 5] = .nan
    builder.tensors[index] = try InMemoryTensor(name: name, shape: tensor.shape, values: values)
    let file = try GGUFFile(bytes: builder.serialized())
    let plan = try QuantizationPlan(for: file, recipe: .q8_0)
    let error = #expect(throws: ModelError.self) {
      try LanguageModel(file, transform: plan.transform())
    }
    #expect(error?.code == .invalidTensor)
    #expect(error?.message.contains("row 2, column 5") == true)
  }
}
