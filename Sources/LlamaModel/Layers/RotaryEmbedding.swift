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
public struct RotaryEmbedding: Sendable, Equatable {
  /// Radians per position of each pair of elements.
  public private(set) var frequencies: [Double]
  /// The frequencies of sequences that may grow beyond this many positions, if others.
  private var extended: Extended?
  /// What queries and keys are multiplied with (YaRN's temperature), 1 otherwise.
  public private(set) var magnitude: Double
  /// Which elements form a pair.
  public let pairing: Rotation.Pairing

  private struct Extended: Sendable, Equatable {
    var limit: Int
    var frequencies: [Double]
  }

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
      magnitude =
        yarn.grows ? yarn.attentionFactor * (1 + 0.1 * log(max(1, yarn.factor))) : 1
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
    let (low, high) = (pair(rotations: yarn.betaFast), pair(rotations: yarn.betaSlow))
    return (
      low: max(0, yarn.rounds ? low.rounded(.down) : low),
      high: min(last, yarn.rounds ? high.rounded(.up) : high)
    )
  }

  /// Frequencies with one divisor per pair for short sequences and another for long ones.
  ///
  /// Ding et al., "LongRoPE: Extending LLM Context Window Beyond 2 Million Tokens" (2024).
  ///
  /// - Parameters:
  ///   - limit: Sequences with room for more positions use `long`.
  ///   - magnitude: What queries and keys are multiplied with.
  public init(
    _ configuration: RotaryConfiguration, short: [Float], long: [Float], limit: Int,
    magnitude: Double, pairing: Rotation.Pairing
  ) {
    self.init(configuration, factors: short, pairing: pairing)
    extended = Extended(
      limit: limit,
      frequencies: Self(configuration, factors: long, pairing: pairing).frequencies)
    self.magnitude = magnitude
  }

  /// The angles of a step's rows.
  ///
  /// - Parameters:
  ///   - slices: The rows and their sequences.
  ///   - backend: Where the angles will be used.
  public func rotation(of slices: [SequenceSlice], on backend: any Backend) -> Rotation {
    let (rows, pairs) = (slices.reduce(0) { $0 + $1.rows.count }, frequencies.count)
    var cosines: [Float] = []
    var sines: [Float] = []
    cosines.reserveCapacity(rows * pairs)
    sines.reserveCapacity(rows * pairs)
    for slice in slices {
      var frequencies = frequencies
      if let extended, slice.cache.shape.capacity > extended.limit {
        frequencies = extended.frequencies
      }
      for position in slice.positions {
        for frequency in frequencies {
          let angle = Double(position) * frequency
          cosines.append(Float(cos(angle) * magnitude))
          sines.append(Float(sin(angle) * magnitude))
        }
      }
    }
    return Rotation(
      cosines: backend.makeActivations(rows: rows, columns: pairs, values: cosines),
      sines: backend.makeActivations(rows: rows, columns: pairs, values: sines),
      pairing: pairing)
  }
}
