#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Android)
  internal import Android
#endif

/// How far stored values are from the ones they stand for.
///
/// All sums are in double precision, and made in one pass over the values.
public struct ErrorMetrics: Sendable, Equatable {
  /// How many values were compared.
  public private(set) var count = 0
  /// The sum of the (weighted) squared differences.
  public private(set) var squaredError: Double = 0
  /// The sum of the (weighted) squares of the original values.
  public private(set) var signalEnergy: Double = 0
  /// The sum of the (weighted) squares of the stored values.
  public private(set) var storedEnergy: Double = 0
  /// The sum of the (weighted) products of the original and the stored values.
  public private(set) var product: Double = 0
  /// The largest difference of any value, weights aside.
  public private(set) var maximumError: Float = 0
  /// The sum of the weights; the number of values where there are none.
  public private(set) var totalWeight: Double = 0

  /// Nothing compared yet.
  public init() {}

  /// Compares `stored` with `original`, value by value.
  ///
  /// - Parameters:
  ///   - original: the values as they were.
  ///   - stored: as many values, after encoding and decoding.
  ///   - weights: how much each value of a row matters, repeated for each row; or `nil`.
  public init(
    original: Span<Float>, stored: Span<Float>, weights: Span<Float>? = nil
  ) {
    self.init()
    add(original: original, stored: stored, weights: weights)
  }

  /// Takes further values into account, as ``init(original:stored:weights:)``.
  public mutating func add(
    original: Span<Float>, stored: Span<Float>, weights: Span<Float>? = nil
  ) {
    precondition(original.count == stored.count, "as many stored values as original ones")
    for i in 0..<original.count {
      let weight: Double
      if let weights { weight = Double(weights[i % weights.count]) } else { weight = 1 }
      let difference = original[i] - stored[i]
      let (x, y) = (Double(original[i]), Double(stored[i]))
      squaredError += weight * Double(difference) * Double(difference)
      signalEnergy += weight * x * x
      storedEnergy += weight * y * y
      product += weight * x * y
      totalWeight += weight
      maximumError = max(maximumError, abs(difference))
    }
    count += original.count
  }

  /// The (weighted) mean squared error; 0 when nothing was compared.
  public var meanSquaredError: Double { totalWeight > 0 ? squaredError / totalWeight : 0 }

  /// The root of the mean squared error.
  public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

  /// The squared error over the energy of the original values; 0 when both are zero, infinite when
  /// only the originals are.
  public var normalizedSquaredError: Double {
    squaredError == 0 ? 0 : squaredError / signalEnergy
  }

  /// The signal-to-quantization-noise ratio in decibels, `10 log10(signal / error)`: infinite where
  /// there is no error, as when nothing was compared, and minus infinity where there is no signal
  /// but an error.
  public var signalToNoise: Double {
    squaredError == 0 ? .infinity : 10 * log10(signalEnergy / squaredError)
  }

  /// The cosine of the angle between the original and the stored values; 1 when both are zero, as
  /// when nothing was compared, and 0 when one of them is.
  public var cosineSimilarity: Double {
    let norms = signalEnergy.squareRoot() * storedEnergy.squareRoot()
    if norms > 0 { return min(max(product / norms, -1), 1) }
    return signalEnergy == storedEnergy ? 1 : 0
  }
}
