public import GGUFKit
import QuantCore
import TensorKernels

/// What one token costs, known from a file's header: the least that any program has to do.
public struct ModelWorkload: Sendable, Equatable {
  /// Bytes of weights that generating a token reads, as ``TensorKernels/CPUBackend`` holds them.
  public var bytesPerToken: Int
  /// Multiply-adds of weights that a prompt's token takes, the projection to logits aside, which
  /// only the last token needs.
  public var multiplyAddsPerToken: Int

  /// Adds up the matrices of a model. Of experts, those count that a token is sent to.
  public init(of file: GGUFFile) {
    let architecture = file.metadata[.architecture] ?? ""
    let experts: Int? = file.metadata[MetadataKey<Int>("\(architecture).expert_count")]
    let used: Int? = file.metadata[MetadataKey<Int>("\(architecture).expert_used_count")]
    let hasOutput = file.tensor(named: "output.weight") != nil
    (bytesPerToken, multiplyAddsPerToken) = (0, 0)
    for tensor in file.tensors where tensor.shape.count > 1 {
      let isTable = tensor.name == "token_embd.weight"
      // A table that is the projection, too, is read as a whole after all.
      if isTable && hasOutput { continue }
      let isShared = tensor.shape.count < 3 || experts == nil
      let share = { (whole: Int) -> Int in
        isShared ? whole : whole / max(experts ?? 1, 1) * max(used ?? 1, 1)
      }
      bytesPerToken += share(CPUBackend.matrixBytes(of: tensor))
      if !isTable && tensor.name != "output.weight" {
        multiplyAddsPerToken += share(tensor.elementCount)
      }
    }
  }
}
