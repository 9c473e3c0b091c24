/// The points that groups of four or eight values can be, before scaling.
///
/// Eight values are a unit: one or two points, and signs where the format stores them apart.
public struct PointTable: Sendable {
  /// How signs are stored.
  public enum Signs: Sendable {
    /// The points have their signs.
    case inPoints
    /// A bit for each value, set where it is negative.
    case free([BitField])
    /// Seven bits for each unit; an even number of its eight values is negative.
    case even([BitField])
  }

  /// The coordinates of all points, one after the other.
  public let coordinates: [Float]
  /// The coordinates of one point: 4 or 8.
  public let dimension: Int
  /// Where the number of each point is.
  public let fields: [BitField]
  /// The signs, unit by unit.
  public let signs: Signs

  /// The points of a codebook.
  ///
  /// - Parameters:
  ///   - coordinates: Of all points, one after the other.
  ///   - dimension: The coordinates of one point: 4 or 8.
  ///   - fields: Where the number of each group's point is.
  ///   - signs: How signs are stored.
  public init(coordinates: [Float], dimension: Int, fields: [BitField], signs: Signs) {
    self.coordinates = coordinates
    self.dimension = dimension
    self.fields = fields
    self.signs = signs
  }

  init<Point>(
    _ points: [Point], fields: [BitField], signs: Signs
  ) where Point: SIMD, Point.Scalar == Float {
    self.init(
      coordinates: points.flatMap { point in point.indices.map { point[$0] } },
      dimension: Point.scalarCount, fields: fields, signs: signs)
  }

  /// The number of points.
  var count: Int { coordinates.count / dimension }
  /// The points of a unit.
  var pointsPerUnit: Int { 8 / dimension }
}
