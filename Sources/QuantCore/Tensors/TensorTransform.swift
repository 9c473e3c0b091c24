/// What becomes of tensors on their way into a model: one that encodes them as another type, say.
public protocol TensorTransform: Sendable {
  /// The tensor to use in another one's place, of the same name and shape.
  ///
  /// - Throws: ``QuantError`` where its values cannot be had or encoded.
  func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource
}
