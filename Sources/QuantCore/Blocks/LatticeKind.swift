/// What distinguishes the formats that store points of a codebook.
struct LatticeKind {
  /// How signs are stored.
  enum Signs {
    /// They belong to the points.
    case inPoints
    /// All eight of a unit.
    case all
    /// Seven; see ``SignPatterns/complete(_:)``.
    case even
  }

  /// What may be added to all values of a point.
  enum Shifts {
    /// Nothing.
    case none
    /// 1/8 or -1/8, as each unit chooses.
    case ofUnit
    /// 1/8 or -1/8, the same for all units of a sub-block.
    case ofSubBlock
  }

  /// The codebook.
  var tables: LatticeTables
  /// How many units of eight values share a scale: 2 or 4.
  var units: Int
  /// How signs are stored.
  var signs: Signs
  /// What is added to the points.
  var shifts = Shifts.none
  /// The scales are `d * step * (2 * k + 1)`.
  var step: Float
  /// The highest `k`.
  var highest: Int
  /// Magnitudes beyond this many (weighted) root mean squares of a sub-block are not worth a scale
  /// of their own: the fewer levels, the sooner.
  var reach: Float

  /// Points in a unit.
  var parts: Int { 8 / tables.dimensions }
  /// The scale of `k`, in units of `d`.
  func multiple(_ k: Float) -> Float { step * (2 * k + 1) }
}
