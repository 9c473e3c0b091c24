public import QuantCore
import TensorKernels

extension QuantizationPlan {
  /// What quantizes while a model loads, with nothing written:
  ///
  /// ```swift
  /// let file = try GGUFFile(contentsOf: url)
  /// let plan = try QuantizationPlan(for: file, recipe: .q4KM)
  /// let model = try LanguageModel(file, transform: plan.transform())
  /// ```
  ///
  /// - Parameter threads: Threads that encode; one per processor unless given.
  /// - Throws: ``ConversionError/Code/invalidArgument`` for a number of threads that cannot be.
  public func transform(threads: Int? = nil) throws(ConversionError) -> PlannedTransform {
    PlannedTransform(plan: self, codec: try Self.codec(threads: threads))
  }
}

/// Encodes the tensors of a model as a plan says, one at a time, and keeps them in memory.
///
/// The blocks are those that ``QuantizationPlan/write(to:threads:progress:isCancelled:)`` writes.
public struct PlannedTransform: TensorTransform {
  /// The types to encode as.
  public let plan: QuantizationPlan
  let codec: ParallelCodec

  /// The tensor as the plan stores it; the tensor itself where its type stays, or where the plan
  /// does not know it.
  ///
  /// - Throws: ``QuantCore/QuantError/Code/notFinite`` at a weight that is no number.
  public func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource {
    guard let type = plan.types[tensor.name], type != tensor.type else { return tensor }
    let encoder = TensorEncoder(tensor, as: type, quantizer: plan.quantizer, codec: codec)
    var blocks: [UInt8] = []
    blocks.reserveCapacity(try type.byteCount(shape: tensor.shape))
    for batch in encoder.batches { blocks += try encoder.encode(batch).blocks }
    return try InMemoryTensor(name: tensor.name, type: type, shape: tensor.shape, bytes: blocks)
  }
}
