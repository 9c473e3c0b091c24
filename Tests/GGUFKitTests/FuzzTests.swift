import GGUFFuzzing
import Testing

/// `gguf-fuzz` runs many more.
@Suite struct FuzzTests {
  @Test(arguments: [UInt64(1), 1_000_000])
  func damagedFilesNeverTrap(seed: UInt64) throws {
    let run = try FuzzRun(rounds: 1_000, seed: seed)
    #expect(run.failures == [])
    // Damage to values opens, damage to counts does not: both must be reached.
    #expect(run.accepted > 50, "seed \(seed)")
    #expect(run.rejected.count > 5, "seed \(seed): \(run.rejected)")
  }
}
