/// What a file may claim at most. Counts are also bounded by the bytes that are left in the
/// file, so nothing is allocated for what cannot be there.
public enum GGUFLimits {
  /// Metadata entries.
  public static let metadataCount = 1 << 16
  /// Tensors in one file.
  public static let tensorCount = 1 << 20
  /// Bytes of a metadata key; the specification's limit.
  public static let keyLength = (1 << 16) - 1
  /// Bytes of a tensor's name. The specification says 64; some converters write more.
  public static let tensorNameLength = 1024
  /// Bytes of one string.
  public static let stringLength = 1 << 30
  /// Elements of one metadata array.
  public static let arrayLength = 1 << 30
  /// Arrays inside arrays.
  public static let arrayDepth = 8
  /// Dimensions of a tensor.
  public static let dimensionCount = 4
  /// Bytes of `general.alignment`.
  public static let alignment = 1 << 20
  /// Parts of a split file.
  public static let splitCount = 9_999
}
