/// Values as 8-bit codes with a scale for each block, and the sums of sixteen codes, which products
/// with weights that have minimums need: `value = scale * code`. Made by ``DynamicQuantization``.
public struct QuantizedActivations: Sendable, Equatable {
  /// The values of a block.
  public let block: DynamicQuantization.Block
  /// A code for each value, -127 to 127.
  public let codes: [Int8]
  /// The scale of each block.
  public let scales: [Float]
  /// The sum of each sixteen codes.
  public let sums: [Int16]

  /// Wraps codes, scales and sums that belong together.
  ///
  /// - Throws: ``QuantError/Code/sizeMismatch`` where their numbers do not.
  public init(
    block: DynamicQuantization.Block, codes: [Int8], scales: [Float], sums: [Int16]
  ) throws(QuantError) {
    guard codes.count == scales.count * block.rawValue, codes.count == 16 * sums.count else {
      throw QuantError(
        .sizeMismatch,
        "\(codes.count) codes, \(scales.count) scales and \(sums.count) sums in blocks of "
          + "\(block.rawValue)")
    }
    self.block = block
    self.codes = codes
    self.scales = scales
    self.sums = sums
  }

  /// The values that the codes stand for.
  public func dequantized() -> [Float] {
    codes.indices.map { scales[$0 / block.rawValue] * Float(codes[$0]) }
  }
}
