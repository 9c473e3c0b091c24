/// Where things lie in a file: what readers and writers agree on.
enum FileLayout {
  /// Whether tensors can be aligned so: a power of two within the limit.
  static func isValid(alignment: Int) -> Bool {
    alignment > 0 && alignment <= GGUFLimits.alignment && alignment & (alignment - 1) == 0
  }

  /// The error for an alignment that is not valid.
  static func invalidAlignment(_ alignment: Int) -> GGUFError {
    GGUFError(
      .invalidValue,
      "the alignment is \(alignment), not a power of two up to \(GGUFLimits.alignment)",
      at: .key(MetadataKey<Int>.alignment.name))
  }

  /// The next multiple of `alignment` from `offset` on.
  static func aligned(_ offset: Int, to alignment: Int) -> Int {
    (offset + alignment - 1) & ~(alignment - 1)
  }
}
