/// Where a ``CPUBackend`` keeps matrices.
public enum WeightPlacement: String, Sendable, CaseIterable {
  /// In memory, rearranged for the kernels: the fastest, for about as much memory as the file's
  /// bytes.
  case packed
  /// Where they are, in a mapped file for example: every product rearranges anew what it multiplies
  /// with. That takes no memory of its own, and several times as long for a single token.
  case mapped
  /// Packed as long as that leaves the machine an eighth of its memory; mapped from there on.
  case automatic

  /// Whether a matrix of so many bytes is packed.
  func packs(_ byteCount: Int) -> Bool {
    switch self {
    case .packed: true
    case .mapped: false
    case .automatic: SystemMemory.current.map { $0.hasRoom(for: byteCount) } ?? true
    }
  }
}
