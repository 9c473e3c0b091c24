import TestSupport
import Testing

@testable import QuantCore

/// The points listed near a cell are those nearest to it.
@Suite struct LatticeTablesTests {
  @Test func iq1() { check(IQ1Codebook.lattice, .iq1) }
  @Test func iq2XXS() { check(IQ2XXSCodebook.lattice, .iq2XXS) }
  @Test func iq2S() { check(IQ2SCodebook.lattice, .iq2S) }
  @Test func iq3S() { check(IQ3SCodebook.lattice, .iq3S) }

  private func check<Point>(_ codebook: LatticeCodebook<Point>, _ tables: LatticeTables) {
    let levels = codebook.levels.count
    let cells = tables.halfCount * tables.halfCount
    #expect(tables.near.count == cells * LatticeTables.nearCount)
    var random = SeededRandom(seed: 3)
    for _ in 0..<8 {
      var cell = Int.random(in: 0..<cells, using: &random)
      let listed = (0..<LatticeTables.nearCount).map {
        let halves = Int(tables.near[LatticeTables.nearCount * cell + $0])
        return Int(tables.numbers[(halves & 255) + (halves >> 8) * tables.halfCount])
      }
      let digits = (0..<Point.scalarCount).map { _ in
        defer { cell /= levels }
        return cell % levels
      }
      let distances = codebook.levelNumbers.map { point in
        zip(point, digits).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      #expect(Set(listed).count == listed.count, "seed 3")
      #expect(
        listed.map { distances[$0] } == Array(distances.sorted().prefix(listed.count)), "seed 3")
    }
  }
}
