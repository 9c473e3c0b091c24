import QuantCore
import TensorKernels

/// Blocks' quantized matrices as 16-bit floats, so that products take activations as they are instead
/// of rounding them to 8 bits.
///
/// For encoders: what a short text means hangs on two or three tokens, whose rounding nothing averages
/// out. all-MiniLM-L6-v2 in Q8_0 loses three times as much of a short sentence's direction by the
/// activations as by the weights.
struct HalfPrecisionMatrices: TensorTransform {
  /// What is loaded in place of each tensor before that.
  let base: (any TensorTransform)?
  private let codec: ParallelCodec

  init(after base: (any TensorTransform)?) throws(ModelError) {
    self.base = base
    do {
      codec = try ParallelCodec()
    } catch {
      throw ModelError(backend: error)
    }
  }

  func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource {
    let tensor = if let base { try base.transformed(tensor) } else { tensor }
    guard Self.type(of: tensor) != tensor.type else { return tensor }
    let count = tensor.elementCount
    var values = [Float](repeating: 0, count: count)
    let isWhole = tensor.withBytes { bytes in
      guard bytes.byteCount == tensor.byteCount else { return false }
      var span = values.mutableSpan
      codec.decode(bytes, as: tensor.type, into: &span)
      return true
    }
    guard isWhole else {
      throw QuantError(
        .sizeMismatch, "the tensor's bytes do not fill its shape", at: .tensor(tensor.name))
    }
    var halves = [UInt8](repeating: 0, count: 2 * count)
    var span = halves.mutableSpan
    var blocks = span.mutableBytes
    try codec.encode(
      values.span,
      of: TensorRows(
        tensor: tensor.name, type: .f16, columns: tensor.columns, firstRow: 0, count: tensor.rows),
      into: &blocks)
    return try InMemoryTensor(name: tensor.name, type: .f16, shape: tensor.shape, bytes: halves)
  }

  /// What a tensor is loaded as.
  static func type(of tensor: some TensorSource) -> TensorType {
    let isMatrix = tensor.name.hasPrefix("blk.") && tensor.shape.count > 1
    return isMatrix && tensor.type.blockSize > 1 ? .f16 : tensor.type
  }
}
