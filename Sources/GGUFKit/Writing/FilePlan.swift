internal import QuantCore

/// A file's header, and where each tensor's data will lie behind it.
struct FilePlan {
  /// A tensor's place.
  struct Slot {
    var name: String
    var type: TensorType
    var byteCount: Int
    /// The zeros that follow the data.
    var padding: Int
  }

  /// The header, with the padding up to the data.
  let header: [UInt8]
  let slots: [Slot]
  let byteOrder: ByteOrder

  /// Lays out a file.
  init(
    metadata: GGUFMetadata, tensors: [GGUFWriter.Declaration], options: GGUFWriter.Options
  ) throws(GGUFError) {
    guard (1...3).contains(options.version) else {
      throw GGUFError(
        .unsupportedVersion, "GGUF version \(options.version) cannot be written; 1 to 3 can")
    }
    var metadata = metadata
    if let alignment = options.alignment {
      metadata[.alignment] = alignment
    }
    let alignment = try metadata.value(.alignment, default: 32)
    guard FileLayout.isValid(alignment: alignment) else {
      throw FileLayout.invalidAlignment(alignment)
    }
    let slots = try Self.slots(tensors, alignment: alignment, byteOrder: options.byteOrder)
    var encoder = HeaderEncoder(version: options.version, byteOrder: options.byteOrder)
    // The magic number is the same in either byte order.
    for byte in "GGUF".utf8 { encoder.append(byte) }
    encoder.append(options.version)
    try encoder.append(count: tensors.count)
    try encoder.append(count: metadata.count)
    for (key, value) in metadata {
      try encoder.append(key: key, value: value)
    }
    var offset = 0
    for (tensor, slot) in zip(tensors, slots) {
      try encoder.append(string: tensor.name.utf8)
      encoder.append(UInt32(tensor.shape.count))
      for dimension in tensor.shape { try encoder.append(count: dimension) }
      encoder.append(tensor.type.rawValue)
      encoder.append(UInt64(offset))
      let (next, overflow) = offset.addingReportingOverflow(slot.byteCount + slot.padding)
      guard !overflow else {
        throw GGUFError(.invalidTensor, "the tensors take too many bytes", at: .tensor(slot.name))
      }
      offset = next
    }
    let end = FileLayout.aligned(encoder.bytes.count, to: alignment)
    header = encoder.bytes + [UInt8](repeating: 0, count: end - encoder.bytes.count)
    self.slots = slots
    byteOrder = options.byteOrder
  }

  private static func slots(
    _ tensors: [GGUFWriter.Declaration], alignment: Int, byteOrder: ByteOrder
  ) throws(GGUFError) -> [Slot] {
    var names: Set<String> = []
    var slots: [Slot] = []
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw GGUFError(
          .duplicateTensor, "two tensors have one name", at: .tensor(tensor.name))
      }
      guard tensor.name.utf8.count <= GGUFLimits.tensorNameLength,
        (1...GGUFLimits.dimensionCount).contains(tensor.shape.count)
      else {
        throw GGUFError(
          .invalidTensor,
          "a tensor needs 1 to 4 dimensions and a name of up to "
            + "\(GGUFLimits.tensorNameLength) bytes", at: .tensor(tensor.name))
      }
      do throws(QuantError) {
        let bytes = try tensor.type.byteCount(shape: tensor.shape)
        guard bytes <= Int.max - GGUFLimits.alignment else {
          throw QuantError(.sizeOverflow, "the tensor takes too many bytes")
        }
        let padding = FileLayout.aligned(bytes, to: alignment) - bytes
        slots.append(
          Slot(name: tensor.name, type: tensor.type, byteCount: bytes, padding: padding))
      } catch {
        throw GGUFError(error, tensor: tensor.name)
      }
    }
    return slots
  }
}
