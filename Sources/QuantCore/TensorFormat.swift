/// How one tensor type stores its values in blocks of bytes.
///
/// A conformer is an `enum` without cases, one file each, which draws its block. To add a
/// format, write that file and name it in ``TensorType/format``.
///
/// Blocks are little-endian on every machine.
public protocol TensorFormat: Sendable {
  /// The type that this format stores.
  static var type: TensorType { get }

  /// The fields of one block that are wider than a byte, for files of the other byte order.
  static var multibyteFields: [BlockField] { get }

  /// Turns whole blocks into values.
  ///
  /// - Parameters:
  ///   - blocks: `n * blockBytes` bytes, at any alignment. Any bytes decode to something;
  ///     a stored scale that is not finite gives values that are not.
  ///   - values: room for exactly `n * blockSize` values.
  static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>)

  /// Turns values into whole blocks, as near to the values as this format's search finds.
  ///
  /// In the quantized formats a NaN counts as zero, and a value too large for the format counts
  /// as the largest that it can store, infinities included.
  ///
  /// - Parameters:
  ///   - values: `n * blockSize` values: one or more whole rows.
  ///   - importance: how much an error in each column matters: one weight for each value of a
  ///     row, or `nil` when all columns matter alike. A weight that is not a positive finite
  ///     number counts as zero.
  ///   - blocks: room for exactly `n * blockBytes` bytes.
  static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan)
}

extension TensorFormat {
  /// How many values one block holds.
  public static var blockSize: Int { type.blockSize }

  /// How many bytes one block takes.
  public static var blockBytes: Int { type.blockBytes }

  /// Checks the sizes of a call to ``decode(_:into:)`` and gives the number of blocks.
  @inline(__always)
  static func blockCount(bytes: Int, values: Int) -> Int {
    let blocks = bytes / blockBytes
    precondition(
      bytes == blocks * blockBytes && values == blocks * blockSize,
      "whole blocks of \(type.name): \(bytes) bytes for \(values) values")
    return blocks
  }

  /// Checks the sizes of a call to ``encode(_:importance:into:)`` and gives the number of blocks.
  @inline(__always)
  static func blockCount(bytes: Int, values: Int, importance: Span<Float>?) -> Int {
    if let importance {
      precondition(
        importance.count > 0 && importance.count % blockSize == 0
          && values % importance.count == 0,
        "\(importance.count) importance weights for rows among \(values) values of \(type.name)")
    }
    return blockCount(bytes: bytes, values: values)
  }
}

/// Equal numbers side by side in a block, each `width` bytes wide.
public struct BlockField: Sendable, Hashable {
  /// Where the first one starts, in bytes from the start of the block.
  public var offset: Int
  /// The bytes of one number: 2, 4 or 8.
  public var width: Int
  /// How many there are.
  public var count: Int

  /// Describes `count` numbers of `width` bytes from `offset` on.
  public init(offset: Int, width: Int, count: Int = 1) {
    self.offset = offset
    self.width = width
    self.count = count
  }
}
