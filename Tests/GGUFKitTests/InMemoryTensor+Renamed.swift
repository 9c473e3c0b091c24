import QuantCore

extension InMemoryTensor {
  /// The same tensor under another name.
  func renamed(_ name: String) throws -> InMemoryTensor {
    try InMemoryTensor(name: name, type: type, shape: shape, bytes: bytes)
  }
}
