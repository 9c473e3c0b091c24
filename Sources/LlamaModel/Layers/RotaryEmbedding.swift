public import TensorKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The frequencies of a rotary position embedding, from which a step's angles are made.
public struct RotaryEmbedding: Sendable {
  /// Radians per position of each pair of elements.
  public let frequencies: [Double]
  /// What queries and keys are multiplied with (YaRN's temperature), 1 otherwise.
  public let magnitude: Double
  /// Which elements form a pair.
  public let pairing: Rotation.Pairing

  /// Frequencies θᵢ = base^(-2i / dimensions), scaled as the configuration says.
  ///
  /// - Parameters:
  ///   - configuration: Base and scaling.
  ///   - factors: One divisor per pair (Llama 3's `rope_freqs.weight`), or nil.
  ///   - pairing: Which elements form a pair.
  public init(
    _ configuration: RotaryConfiguration, factors: [Float]? = nil, pairing: Rotation.Pairing
  ) {
    let pairs = configuration.dimensions / 2
    precondition(factors == nil || factors?.count == pairs, "one factor per pair")
    let original = (0..<pairs).map { pair in
      pow(configuration.base, -2 * Double(pair) / Double(configuration.dimensions))
        / Double(factors?[pair] ?? 1)
    }
    self.pairing = pairing
    switch configuration.scaling {
    case .none:
      frequencies = original
      magnitude = 1
    case .linear(let factor):
      frequencies = original.map { $0 / factor }
      magnitude = 1
    case .yarn(let yarn):
      let range = Self.correctionRange(yarn, configuration)
      frequencies = original.enumerated().map { pair, frequency in
        let ramp = (Double(pair) - range.low) / max(0.001, range.high - range.low)
        let kept = 1 - min(1, max(0, ramp))
        return frequency / yarn.factor * (1 - kept) + frequency * kept
      }
      magnitude = yarn.attentionFactor * (1 + 0.1 * log(max(1, yarn.factor)))
    }
  }

  /// The pairs between which YaRN passes from keeping a frequency to dividing it.
  private static func correctionRange(
    _ yarn: RotaryConfiguration.YaRN, _ configuration: RotaryConfiguration
  ) -> (low: Double, high: Double) {
    // The pair that turns `rotations` times over the original context.
    func pair(rotations: Double) -> Double {
      Double(configuration.dimensions)
        * log(Double(yarn.originalContextLength) / (rotations * 2 * .pi))
        / (2 * log(configuration.base))
    }
    let last = Double(configuration.dimensions - 1)
    return (
      low: max(0, pair(rotations: yarn.betaFast).rounded(.down)),
      high: min(last, pair(rotations: yarn.betaSlow).rounded(.up))
    )
  }

  /// The angles of a step.
  ///
  /// - Parameters:
  ///   - positions: The position of each row.
  ///   - backend: Where the angles will be used.
  public func rotation(at positions: [Int], on backend: any Backend) -> Rotation {
    var cosines: [Float] = []
    var sines: [Float] = []
    cosines.reserveCapacity(positions.count * frequencies.count)
    sines.reserveCapacity(positions.count * frequencies.count)
    for position in positions {
      for frequency in frequencies {
        let angle = Double(position) * frequency
        cosines.append(Float(cos(angle) * magnitude))
        sines.append(Float(sin(angle) * magnitude))
      }
    }
    let (rows, pairs) = (positions.count, frequencies.count)
    return Rotation(
      cosines: backend.makeActivations(rows: rows, columns: pairs, values: cosines),
      sines: backend.makeActivations(rows: rows, columns: pairs, values: sines),
      pairing: pairing)
  }
}
