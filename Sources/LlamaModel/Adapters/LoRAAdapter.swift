public import GGUFKit
import QuantCore

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Low-rank changes to a model's matrices, from a GGUF file.
///
/// Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021). A file of `general.type`
/// `adapter` has a pair of tensors `NAME.lora_a` `[inputs, rank]` and `NAME.lora_b` `[rank, outputs]`
/// for each matrix NAME that it changes, with a third dimension where there is one per expert; for
/// the token embeddings `[rank, vocabulary]` and `[rank, width]`.
///
/// ```swift
/// let adapter = try LoRAAdapter(contentsOf: url)
/// let polite = try model.adapted(by: [adapter.scaled(to: 0.5)])
/// ```
public struct LoRAAdapter: Sendable {
  /// The name in the file.
  public let name: String?
  /// The architecture of the models that it fits, such as `llama`.
  public let architecture: String
  /// What the changes are multiplied with, over their rank; nothing where it is 0.
  public let alpha: Float
  /// What the changes are multiplied with beside that.
  public var scale: Float = 1
  /// The changes, by the name of the tensor.
  let changes: [String: Change]

  /// A change to one tensor, or to each of a stack.
  struct Change: Sendable {
    var down: GGUFTensor
    var up: GGUFTensor

    var rank: Int { up.columns }
    /// How many matrices of one tensor are changed: experts.
    var stack: Int { up.shape.count > 2 ? up.shape[2] : 1 }
    /// Rows of each matrix.
    var outputs: Int { up.rows / stack }
  }

  /// The names of the tensors that it changes, sorted.
  public var tensorNames: [String] { changes.keys.sorted() }

  /// The same changes with another scale.
  public func scaled(to scale: Float) -> LoRAAdapter {
    var copy = self
    copy.scale = scale
    return copy
  }

  /// Opens a file, which is mapped, not read.
  ///
  /// - Throws: ``ModelError/Code/invalidFile`` for a file that is damaged or is no such adapter,
  ///   ``ModelError/Code/invalidTensor`` for one with half a pair.
  public init(contentsOf url: URL) throws(ModelError) {
    try self.init(GGUFFile(opening: url))
  }

  /// Takes the adapter of a file that is open already.
  ///
  /// - Throws: As ``init(contentsOf:)``.
  public init(_ file: GGUFFile) throws(ModelError) {
    let metadata = file.metadata
    guard metadata[.fileKind] == "adapter" else {
      throw ModelError(
        .invalidFile, "the file is no adapter; give a model to LanguageModel",
        at: .key("general.type"))
    }
    guard metadata[.adapterKind] == "lora" else {
      throw ModelError(
        .invalidFile, "the file is an adapter, but none of low rank (lora)",
        at: .key("adapter.type"))
    }
    architecture = try Hyperparameters(metadata).architecture
    name = metadata[.name]
    let alpha = metadata[.adapterAlpha] ?? 0
    guard alpha.isFinite else {
      throw ModelError(
        .invalidFile, "\(alpha) is not a finite number", at: .key("adapter.lora.alpha"))
    }
    self.alpha = alpha
    changes = try Self.changes(in: file)
  }

  private static func changes(in file: GGUFFile) throws(ModelError) -> [String: Change] {
    var changes: [String: Change] = [:]
    for tensor in file.tensors {
      guard tensor.name.hasSuffix(".lora_a") else {
        // Its other half brings it along.
        let other = tensor.name.replacingLast(7, by: ".lora_a")
        guard tensor.name.hasSuffix(".lora_b"), file.tensor(named: other) != nil else {
          throw ModelError(
            .invalidTensor, "the adapter has a tensor that is no half of a pair lora_a, lora_b",
            at: .tensor(tensor.name))
        }
        continue
      }
      guard let up = file.tensor(named: tensor.name.replacingLast(7, by: ".lora_b")) else {
        throw ModelError(
          .invalidTensor, "the adapter lacks the other half, lora_b", at: .tensor(tensor.name))
      }
      changes[String(tensor.name.dropLast(7))] = Change(down: tensor, up: up)
    }
    return changes
  }

  /// What the products of a change are multiplied with.
  func factor(of change: Change) -> Float {
    alpha == 0 ? scale : scale * alpha / Float(change.rank)
  }

  /// - Throws: ``ModelError/Code/modelMismatch`` where it is for another architecture, or changes
  ///   a tensor that the model does not have or that has another shape.
  func check(against file: GGUFFile) throws(ModelError) {
    let architecture = file.metadata[.architecture] ?? ""
    guard self.architecture == architecture else {
      throw ModelError(
        .modelMismatch,
        "the adapter is for \(self.architecture) models, and this one is \(architecture)")
    }
    for (name, change) in changes {
      guard let tensor = file.tensor(named: name) else {
        throw ModelError(
          .modelMismatch, "the adapter changes a tensor that the model does not have",
          at: .tensor(name))
      }
      guard change.fits(tensor) else {
        throw ModelError(
          .modelMismatch,
          "the adapter's \(change.down.shape) and \(change.up.shape) do not fit a tensor of "
            + "\(tensor.shape)", at: .tensor(name))
      }
    }
  }
}

extension LoRAAdapter.Change {
  /// Whether the halves fit each other, and their product the tensor.
  fileprivate func fits(_ tensor: GGUFTensor) -> Bool {
    func dimensions(_ tensor: GGUFTensor) -> [Int] {
      tensor.shape + Array(repeating: 1, count: max(0, 3 - tensor.shape.count))
    }
    let (down, up, whole) = (dimensions(down), dimensions(up), dimensions(tensor))
    guard rank > 0, stack > 0, down.count == 3, up.count == 3, whole.count == 3 else {
      return false
    }
    return tensor.name == LoRAAdapter.embeddings
      ? down == [rank, whole[1], 1] && up == [rank, whole[0], 1]
      : down == [whole[0], rank, whole[2]] && up == [rank, whole[1], whole[2]]
  }
}

extension LoRAAdapter {
  /// The table whose change has its halves the other way round.
  static let embeddings = "token_embd.weight"
}

extension String {
  fileprivate func replacingLast(_ count: Int, by ending: String) -> String {
    String(dropLast(count)) + ending
  }
}

extension MetadataKey where Value == String {
  /// `adapter.type`: the kind of adapter.
  fileprivate static var adapterKind: Self { MetadataKey("adapter.type") }
}

extension MetadataKey where Value == Float {
  /// `adapter.lora.alpha`: what the changes are multiplied with, over their rank.
  fileprivate static var adapterAlpha: Self { MetadataKey("adapter.lora.alpha") }
}
