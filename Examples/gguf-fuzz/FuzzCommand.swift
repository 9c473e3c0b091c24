import ArgumentParser
import GGUFFuzzing

@main
struct FuzzTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gguf-fuzz",
    abstract: "Checks GGUFKit's reader on damaged files, and its files against other readers.",
    subcommands: [Run.self, Sample.self, Describe.self],
    defaultSubcommand: Run.self)
}

/// Opens damaged files.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open files with seeded damage and touch everything in those that open.")

  @Option(help: "How many damaged files to open.")
  var rounds = 100_000

  @Option(help: "The first file's seed; the next file has the next one.")
  var seed: UInt64 = 1

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let run = try FuzzRun(rounds: rounds, seed: seed)
    let seconds = (clock.now - start) / .seconds(1)
    print("rounds    \(rounds), seeds from \(seed), \((seconds * 10).rounded() / 10) s")
    print("opened    \(run.accepted), \(run.decodedTensors) tensors decoded")
    for (code, count) in run.rejected.sorted(by: { $0.value > $1.value }) {
      print("rejected  \(count) \(code)")
    }
    for failure in run.failures.prefix(20) { print("FAILURE   \(failure)") }
    guard run.failures.isEmpty else { throw ExitCode.failure }
  }
}
