/// Where a ``CPUBackend`` keeps matrices.
public enum WeightPlacement: String, Sendable, CaseIterable {
  /// In memory, rearranged for the kernels when they are prepared: the fastest, for about as much
  /// memory as the file's bytes.
  case packed
  /// Where they are, in a mapped file for example: every product rearranges anew what it multiplies
  /// with. That takes no memory of its own, and several times as long for a single token.
  case mapped
  /// Packed when they would be rearranged for the second time, as long as that leaves the machine
  /// an eighth of its memory; mapped until then and from there on. So a short prompt is read
  /// without waiting for weights to be packed, and experts that no token chooses take no memory. What
  /// is in memory anyway is packed when it is prepared.
  case automatic

  /// Whether a matrix of so many bytes is packed when it is prepared.
  ///
  /// - Parameters:
  ///   - byteCount: Its size when packed.
  ///   - isMapped: Whether its source is a mapped file.
  func packsAtOnce(_ byteCount: Int, isMapped: Bool) -> Bool {
    self == .automatic && isMapped ? false : packs(byteCount)
  }

  /// Whether a matrix of so many bytes is packed at all.
  func packs(_ byteCount: Int) -> Bool {
    switch self {
    case .packed: true
    case .mapped: false
    case .automatic: SystemMemory.current.map { $0.hasRoom(for: byteCount) } ?? true
    }
  }
}
