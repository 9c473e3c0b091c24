import GGUFKit
import LlamaModel
import QuantCore
import Testing

@Suite struct MemoryEstimateTests {
  @Test(
    "Matrices count as they are packed, embeddings as they are in the file",
    arguments: [
      TensorType.q8_0, .q5_1, .q8_1,
    ])
  func weights(type: TensorType) throws {
    let float = try RandomModel(seed: 1).file()
    let tensors = try float.tensors.map { tensor -> any TensorSource in
      guard tensor.shape.count > 1, tensor.name != "token_embd.weight" else { return tensor }
      return try InMemoryTensor(
        name: tensor.name, shape: tensor.shape, values: tensor.decoded(), as: type)
    }
    let file = try GGUFFile(
      bytes: GGUFBuilder(metadata: float.metadata, tensors: tensors).serialized())
    let expected = file.tensors.reduce(0) { sum, tensor in
      guard tensor.type == type else { return sum + tensor.byteCount }
      // Panels are whole, and the sums of Q8_1 are not kept.
      let rowBytes = tensor.columns / 32 * (type == .q8_1 ? 34 : type.blockBytes)
      return sum + (tensor.rows + 15) / 16 * 16 * rowBytes
    }
    #expect(try MemoryEstimate(of: file).weights == expected)
  }
}
