import Foundation
import GGUFKit
import LlamaModel
import ModelConversion
import QuantCore
import TestSupport
import Testing

struct WriteTests {
  @Test(arguments: ["Q8_0", "Q4_0", "Q6_K", "F16", "F32", "BF16", "COPY"])
  func theFileIsWhatThePlanSays(name: String) throws {
    let scratch = try Scratch()
    let source = try SmallModels.file()
    let plan = try QuantizationPlan(for: source, recipe: QuantizationRecipe(named: name))
    var seen: [QuantizationPlan.Progress] = []
    let report = try plan.write(toPath: scratch.path("out.gguf"), threads: 2) { seen.append($0) }
    let result = try GGUFFile(path: scratch.path("out.gguf"))
    #expect(result.fileBytes == plan.outputBytes)
    #expect(report.byteCount == plan.outputBytes)
    #expect(result.metadata == plan.metadata)
    #expect(seen.last?.completedBytes == seen.last?.totalBytes)
    #expect(scratch.names == ["out.gguf"])
    for (index, tensor) in result.tensors.enumerated() {
      let (original, outcome) = (source.tensors[index], report.tensors[index])
      #expect(tensor.type == plan.tensors[index].type)
      let (values, stored) = (try original.decoded(), try tensor.decoded())
      let expected = try InMemoryTensor(
        name: tensor.name, shape: tensor.shape, values: values, as: tensor.type)
      let bytes = tensor.withBytes { $0.withUnsafeBytes { [UInt8]($0) } }
      #expect(bytes == expected.bytes, "\(tensor.name)")
      let metrics = ErrorMetrics(original: values.span, stored: stored.span)
      let error = metrics.rootMeanSquaredError
      #expect(abs(outcome.rootMeanSquaredError - error) <= 1e-5 * error, "\(tensor.name)")
    }
    // And it is a model.
    _ = try LanguageModel(result)
  }

  @Test func threadsDoNotMatter() throws {
    let scratch = try Scratch()
    // Two tasks, the second one short.
    let source = try SmallModels.matrix(columns: 256, rows: 260)
    let plan = try QuantizationPlan(for: source, recipe: .q4KM)
    #expect(plan.tensors[0].type == .q4K)
    let reports = try [1, 3].map { threads in
      try plan.write(toPath: scratch.path(String(threads) + ".gguf"), threads: threads)
    }
    #expect(reports[0] == reports[1])
    #expect(
      try Data(contentsOf: scratch.folder.appending(path: "1.gguf"))
        == Data(contentsOf: scratch.folder.appending(path: "3.gguf")))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func whatIsNoNumberIsRefusedWithItsPlace(value: Float) throws {
    let scratch = try Scratch()
    for (name, type) in [("blk.0.ffn_up.weight", TensorType.f32), ("some_norm.weight", .f16)] {
      let source = try SmallModels.matrix(name, type: type) { values in
        values[64 * 257 + 31] = value
        values[64 * 299 + 1] = value
      }
      let plan = try QuantizationPlan(for: source, recipe: .q8_0)
      let error = #expect(throws: ConversionError.self) {
        try plan.write(toPath: scratch.path("out.gguf"))
      }
      #expect(error?.code == .notFinite)
      #expect(error?.location == .value(tensor: name, row: 257, column: 31))
      #expect(scratch.names.isEmpty)
    }
  }

  @Test func cancellingLeavesNothingBehind() throws {
    let scratch = try Scratch()
    let plan = try QuantizationPlan(for: SmallModels.file(), recipe: .q8_0)
    var steps = 0
    let error = #expect(throws: ConversionError.self) {
      try plan.write(
        toPath: scratch.path("out.gguf"), progress: { _ in steps += 1 },
        isCancelled: { steps == 3 })
    }
    #expect(error?.code == .cancelled)
    #expect(scratch.names.isEmpty)
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let scratch = try Scratch()
    let plan = try QuantizationPlan(for: SmallModels.file(), recipe: .q8_0)
    let error = #expect(throws: ConversionError.self) {
      try plan.write(toPath: scratch.path("none/out.gguf"))
    }
    #expect(error?.code == .cannotWrite)
    #expect(error?.cause?.code == .cannotWrite)
    #expect(throws: ConversionError.self) {
      try plan.write(toPath: scratch.path("out.gguf"), threads: 0)
    }
  }

  /// Stores zeros, whatever the values are.
  private struct Forgetful: Quantizer {
    func supports(_ type: TensorType) -> Bool { type == .q8_0 }

    func encode(
      _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
      into blocks: inout MutableRawSpan
    ) throws(QuantError) {
      for index in 0..<blocks.byteCount {
        blocks.storeBytes(of: 0, toByteOffset: index, as: UInt8.self)
      }
    }
  }

  @Test func quantizersCanBeReplaced() throws {
    let scratch = try Scratch()
    let source = try SmallModels.matrix()
    let plan = try QuantizationPlan(for: source, recipe: .q8_0, quantizer: Forgetful())
    try plan.write(toPath: scratch.path("out.gguf"))
    let result = try GGUFFile(path: scratch.path("out.gguf"))
    #expect(try result.tensors[0].decoded().allSatisfy { $0 == 0 })
    #expect(throws: ConversionError.self) {
      try QuantizationPlan(for: source, recipe: .q4_0, quantizer: Forgetful())
    }
  }

  @Test(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"), arguments: ["Q8_0", "Q4_K_M"])
  func sizesAreThoseOfLlamaQuantize(name: String) throws {
    struct Reference: Decodable {
      struct Variant: Decodable { var bytes: Int }
      var variants: [String: Variant]
    }
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: Fixtures.model("reference.json")))
    let file = try GGUFFile(contentsOf: Fixtures.model("tales-7m-f16.gguf"))
    let plan = try QuantizationPlan(for: file, recipe: QuantizationRecipe(named: name))
    #expect(plan.outputBytes == reference.variants[name]?.bytes)
  }
}
