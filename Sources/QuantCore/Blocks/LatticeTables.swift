/// A codebook of points as encoders read it: with the points near any group of values.
///
/// A group of values, over a scale, is in the *cell* of the levels nearest to each value by itself.
/// There are `levels ^ dimensions` cells, and some of them are points. The number of a cell has the
/// first value's level as its lowest digit; a *half* of it, lower or upper, is the number that half of
/// the values make.
package struct LatticeTables: Sendable {
  /// How many points are listed for each cell.
  package static let nearCount = 24

  /// The levels, rising.
  package let levels: [Float]
  /// Values of a point.
  package let dimensions: Int
  /// For each cell, the points nearest to it, nearest first: the lower half, and the upper one in
  /// bits 15..8.
  package let near: [UInt16]
  /// The number of the point with the halves `a` and `b`, at `a + b * halfCount`.
  package let numbers: [UInt16]

  /// How many halves there are.
  var halfCount: Int { Self.halfCount(levels: levels.count, dimensions: dimensions) }

  /// Makes the tables of a codebook.
  init<Point>(_ codebook: LatticeCodebook<Point>) {
    let levelCount = codebook.levels.count
    levels = codebook.levels
    dimensions = Point.scalarCount
    let halfCount = Self.halfCount(levels: levelCount, dimensions: dimensions)
    let none = UInt16.max
    var numbers = [UInt16](repeating: none, count: halfCount * halfCount)
    for (number, point) in codebook.levelNumbers.enumerated() {
      numbers[point.reversed().reduce(0) { $0 * levelCount + $1 }] = UInt16(number)
    }
    self.numbers = numbers
    // The halves at each distance from each: the squared difference of level numbers.
    let digits = (0..<halfCount).map { half in
      (0..<Point.scalarCount / 2).map { place in
        (0..<place).reduce(half) { rest, _ in rest / levelCount } % levelCount
      }
    }
    let greatest = (levelCount - 1) * (levelCount - 1) * Point.scalarCount / 2
    let rings = (0..<halfCount).map { a in
      var rings = [[Int]](repeating: [], count: greatest + 1)
      for b in 0..<halfCount {
        let distance = zip(digits[a], digits[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        rings[distance].append(b)
      }
      return rings
    }
    near = (0..<halfCount * halfCount).flatMap { cell in
      Self.near(rings[cell % halfCount], rings[cell / halfCount]) { numbers[$0] != none }
    }
  }

  /// The first points in the rings around a cell's two halves.
  private static func near(
    _ lowerRings: [[Int]], _ upperRings: [[Int]], isPoint: (Int) -> Bool
  ) -> [UInt16] {
    let halfCount = lowerRings.reduce(0) { $0 + $1.count }
    var found: [UInt16] = []
    for distance in 0...2 * (lowerRings.count - 1) {
      for lower in max(0, distance - upperRings.count + 1)...min(distance, lowerRings.count - 1) {
        for a in lowerRings[lower] {
          for b in upperRings[distance - lower] where isPoint(a + b * halfCount) {
            found.append(UInt16(a | b << 8))
            if found.count == nearCount { return found }
          }
        }
      }
    }
    return found
  }

  private static func halfCount(levels: Int, dimensions: Int) -> Int {
    (0..<dimensions / 2).reduce(1) { count, _ in count * levels }
  }
}

extension LatticeTables {
  /// The tables of ``IQ1_S`` and ``IQ1_M``.
  package static let iq1 = LatticeTables(IQ1Codebook.lattice)
  /// The tables of ``IQ2_XXS``.
  package static let iq2XXS = LatticeTables(IQ2XXSCodebook.lattice)
  /// The tables of ``IQ2_XS``.
  package static let iq2XS = LatticeTables(IQ2XSCodebook.lattice)
  /// The tables of ``IQ2_S``.
  package static let iq2S = LatticeTables(IQ2SCodebook.lattice)
  /// The tables of ``IQ3_XXS``.
  package static let iq3XXS = LatticeTables(IQ3XXSCodebook.lattice)
  /// The tables of ``IQ3_S``.
  package static let iq3S = LatticeTables(IQ3SCodebook.lattice)
}
