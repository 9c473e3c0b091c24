import GGUFKit

/// Which blocks see only a window of positions.
public struct SlidingWindows: Sendable {
  private let windows: [Int?]

  /// Reads `attention.sliding_window` and `attention.sliding_window_pattern`.
  ///
  /// - Parameters:
  ///   - configuration: The hyperparameters.
  ///   - fallback: The window where the file gives none; nil for no windows at all.
  ///   - period: Every so many blocks the last sees everything, unless the file gives a pattern.
  public init(
    _ configuration: ModelConfiguration, window fallback: Int?, fullEvery period: Int
  ) throws(ModelError) {
    let (parameters, blocks) = (configuration.hyperparameters, configuration.blockCount)
    let window =
      parameters.has(.slidingWindow)
      ? try parameters.countOrZero(.slidingWindow, upTo: 1 << 30) : fallback ?? 0
    let isSliding =
      try parameters.slidingPattern(blocks)
      ?? (0..<blocks).map { period == 0 || ($0 + 1) % period != 0 }
    windows = isSliding.map { $0 && window > 0 ? window : nil }
  }

  /// The window of a block, nil for none.
  public subscript(block: Int) -> Int? { windows[block] }
}

extension ModelConfiguration {
  /// The rotary positions of sliding blocks, which are never stretched.
  ///
  /// - Parameters:
  ///   - dimensions: Elements of a head that rotate; those of the other blocks unless given.
  ///   - base: The base where the file gives none of its own for sliding blocks.
  public func slidingRotary(
    dimensions: Int? = nil, base: Double = 10_000
  ) throws(ModelError) -> RotaryConfiguration {
    let key = MetadataKey<Float>(relative: "rope.freq_base_swa")
    let number = hyperparameters.has(key) ? Double(try hyperparameters.number(key)) : base
    guard number > 0 else { throw hyperparameters.invalid(key, "\(number) is not positive") }
    return RotaryConfiguration(dimensions: dimensions ?? rotary.dimensions, base: number)
  }
}

extension Hyperparameters {
  /// Which blocks slide: one flag each, or the number of blocks from one that does not to the
  /// next.
  fileprivate func slidingPattern(_ blocks: Int) throws(ModelError) -> [Bool]? {
    let flags = MetadataKey<PerLayer<Bool>>(relative: "attention.sliding_window_pattern")
    let period = MetadataKey<Int>(relative: flags.name)
    guard metadata[period] != nil else { return try self.flags(flags, perBlock: blocks) }
    let count = try count(period, upTo: 1 << 14)
    return (0..<blocks).map { ($0 + 1) % count != 0 }
  }
}
