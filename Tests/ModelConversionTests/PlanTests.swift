import GGUFKit
import ModelConversion
import QuantCore
import TestSupport
import Testing

struct PlanTests {
  @Test func namesAndAliasesLeadToRecipes() throws {
    #expect(try QuantizationRecipe(named: "q8_0").defaultType == .q8_0)
    #expect(try QuantizationRecipe(named: "Q4_K").name == "Q4_K_M")
    for preset in QuantizationRecipe.presets {
      #expect(try QuantizationRecipe(named: preset.name).name == preset.name)
    }
    for (name, part) in [("Q9_X", "there is no recipe"), ("IQ1_S", "importance")] {
      let error = #expect(throws: ConversionError.self) { try QuantizationRecipe(named: name) }
      #expect(error?.code == .unknownRecipe)
      #expect(error?.message.contains(part) == true)
    }
  }

  @Test func metadataSayWhatTheFileHasBecome() throws {
    var builder = try SmallModels.builder()
    builder.metadata["general.file_type"] = .uint32(0)
    builder.metadata["split.tensors.count"] = .int32(Int32(builder.tensors.count))
    let file = try GGUFFile(bytes: builder.serialized())
    let plan = try QuantizationPlan(for: file, recipe: .q4_0)
    #expect(plan.metadata["general.file_type"] == .uint32(2))
    #expect(plan.metadata["general.quantization_version"] == .uint32(2))
    #expect(plan.metadata[.splitTensorCount] == nil)
    #expect(plan.metadata["general.name"] == file.metadata["general.name"])
    #expect(plan.metadata["tokenizer.ggml.tokens"] == file.metadata["tokenizer.ggml.tokens"])
  }

  @Test func normsStayAsTheyAre() throws {
    let plan = try QuantizationPlan(for: SmallModels.file(), recipe: .q8_0)
    for tensor in plan.tensors {
      #expect(tensor.type == (tensor.name.contains("norm") ? .f32 : .q8_0), "\(tensor.name)")
    }
  }

  @Test func overridesComeFirst() throws {
    let file = try SmallModels.file()
    let overrides = try TypeOverrides(
      patterns: [.init("attn_[qk]", as: .f16), .init("attn_k", as: .q4_0)], output: .bf16,
      tokenEmbedding: .q4_0)
    let plan = try QuantizationPlan(for: file, recipe: .q8_0, overrides: overrides)
    let types = Dictionary(uniqueKeysWithValues: plan.tensors.map { ($0.name, $0.type) })
    #expect(types["blk.0.attn_q.weight"] == .f16)
    #expect(types["blk.0.attn_k.weight"] == .f16)
    #expect(types["blk.0.attn_v.weight"] == .q8_0)
    #expect(types["token_embd.weight"] == .q4_0)
    #expect(types["blk.0.attn_norm.weight"] == .f32)
    let pure = try QuantizationPlan(
      for: file, recipe: .q4_0, overrides: TypeOverrides(isPure: true))
    #expect(pure.tensors.allSatisfy { $0.type == .q4_0 || $0.type == .f32 })
  }

  @Test func expressionsAreChecked() {
    let error = #expect(throws: ConversionError.self) {
      try TypeOverrides.Pattern("attn_(", as: .q8_0)
    }
    #expect(error?.code == .invalidArgument)
  }

  @Test func quantizingAgainHasToBeAllowed() throws {
    let file = try SmallModels.matrix(type: .q8_0)
    let error = #expect(throws: ConversionError.self) {
      try QuantizationPlan(for: file, recipe: .q4_0)
    }
    #expect(error?.code == .requantization)
    #expect(error?.location == .tensor("blk.0.ffn_up.weight"))
    let plan = try QuantizationPlan(for: file, recipe: .q4_0, allowsRequantization: true)
    #expect(plan.tensors[0].type == .q4_0)
    // What stays as it is needs no leave.
    #expect(try QuantizationPlan(for: file, recipe: .q8_0).tensors[0].type == .q8_0)
    #expect(try QuantizationPlan(for: file, recipe: .copy).tensors[0].type == .q8_0)
  }

  /// Makes blocks of no type.
  struct Incapable: Quantizer {
    func supports(_ type: TensorType) -> Bool { false }
    func encode(
      _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
      into blocks: inout MutableRawSpan
    ) throws(QuantError) {}
  }

  @Test func typesThatTheQuantizerCannotMakeAreNamed() throws {
    let error = #expect(throws: ConversionError.self) {
      try QuantizationPlan(for: SmallModels.matrix(), recipe: .q4_0, quantizer: Incapable())
    }
    #expect(error?.code == .unsupportedType)
    #expect(error?.location == .tensor("blk.0.ffn_up.weight"))
  }

  @Test func aRuleOfOnesOwnDecides() throws {
    let recipe = QuantizationRecipe(name: "mine", defaultType: .q4_0) { site in
      site.role == .feedForwardDown ? .q8_0 : nil
    }
    let plan = try QuantizationPlan(for: SmallModels.file(), recipe: recipe)
    let types = Dictionary(uniqueKeysWithValues: plan.tensors.map { ($0.name, $0.type) })
    #expect(types["blk.0.ffn_down.weight"] == .q8_0)
    #expect(types["blk.0.ffn_up.weight"] == .q4_0)
    #expect(plan.metadata["general.file_type"] == nil)
  }
}
