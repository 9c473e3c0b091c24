public import GGUFKit
import QuantCore

extension MergedAdapters {
  /// Writes a model with the adapters added, tensor by tensor. The file appears under its name when
  /// it is complete.
  ///
  /// Floating-point tensors keep their type; quantized ones that an adapter changes become 16-bit
  /// floats, to be quantized again with whatever recipe one likes.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - path: The file to write.
  ///   - isCancelled: Asked between tensors; nothing is left behind then.
  /// - Throws: ``ModelError/Code/invalidTensor`` for a tensor that cannot be read,
  ///   ``ModelError/Code/invalidFile`` where the file cannot be written,
  ///   ``ModelError/Code/cancelled``.
  public func write(
    _ file: GGUFFile, toPath path: String, isCancelled: () -> Bool = { false }
  ) throws(ModelError) {
    do throws(GGUFError) {
      var metadata = file.metadata
      // A split model becomes one file.
      for key in [MetadataKey<Int>.splitNumber, .splitCount, .splitTensorCount] {
        metadata[key] = nil
      }
      var writer = try GGUFWriter(
        path: path, metadata: metadata,
        tensors: file.tensors.map {
          .init(name: $0.name, type: type(of: $0), shape: $0.shape)
        })
      for tensor in file.tensors {
        if isCancelled() { throw GGUFError(.cannotWrite, "cancelled") }
        let merged: Result<Void, GGUFError> = try stored(tensor).withBytes { bytes in
          do throws(GGUFError) {
            return .success(try writer.append(bytes))
          } catch {
            return .failure(error)
          }
        }
        try merged.get()
        tensor.discardPages()
      }
      try writer.finish()
    } catch {
      if isCancelled() { throw ModelError(.cancelled, "the model was not written") }
      throw ModelError(file: error)
    }
  }

  private func type(of tensor: GGUFTensor) -> TensorType {
    let isChanged = adapters.contains { $0.changes[tensor.name] != nil }
    let isFloat = [TensorType.f32, .f16, .bf16].contains(tensor.type)
    return isChanged && !isFloat ? .f16 : tensor.type
  }

  /// The tensor with the changes, in the type that it is declared as.
  private func stored(_ tensor: GGUFTensor) throws(GGUFError) -> any TensorSource {
    do throws(QuantError) {
      let merged = try transformed(tensor)
      let type = type(of: tensor)
      guard merged.type != type else { return merged }
      return try InMemoryTensor(
        name: tensor.name, shape: tensor.shape, values: merged.decoded(), as: type)
    } catch {
      throw GGUFError(.invalidTensor, error.message, at: .tensor(tensor.name))
    }
  }
}
