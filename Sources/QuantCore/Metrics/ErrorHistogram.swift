/// How often errors of each size occur.
///
/// Equal bins from `-bound` to `bound`, each with its lower end and without its upper one, and two
/// for what is beyond. Nothing counted gives zeros throughout.
public struct ErrorHistogram: Sendable, Equatable {
  /// The size of the largest error that has a bin.
  public let bound: Float
  /// How many errors fell into each bin, from `-bound` up.
  public private(set) var counts: [Int]
  /// Errors below `-bound`.
  public private(set) var below = 0
  /// Errors of `bound` and above.
  public private(set) var above = 0
  /// Differences that are NaN.
  public private(set) var notANumber = 0

  /// Nothing counted yet.
  ///
  /// - Parameters:
  ///   - bound: The size of the largest error that has a bin; positive and finite.
  ///   - bins: How many bins, 1 or more.
  public init(bound: Float, bins: Int) {
    precondition(bound > 0 && bound.isFinite && bins > 0, "bins within a positive bound")
    self.bound = bound
    counts = [Int](repeating: 0, count: bins)
  }

  /// Counts the differences `stored - original`.
  public mutating func add(original: Span<Float>, stored: Span<Float>) {
    precondition(original.count == stored.count, "as many stored values as original ones")
    let scale = Double(counts.count) / (2 * Double(bound))
    for i in 0..<original.count {
      let error = Double(stored[i]) - Double(original[i])
      let place = ((error + Double(bound)) * scale).rounded(.down)
      if place.isNaN {
        notANumber += 1
      } else if place < 0 {
        below += 1
      } else if place >= Double(counts.count) {
        above += 1
      } else {
        counts[Int(place)] += 1
      }
    }
  }

  /// The errors that bin `index` counts.
  public func range(ofBin index: Int) -> Range<Float> {
    let width = 2 * bound / Float(counts.count)
    return -bound + width * Float(index)..<(-bound + width * Float(index + 1))
  }

  /// All differences counted.
  public var total: Int { counts.reduce(below + above + notANumber, +) }
}
