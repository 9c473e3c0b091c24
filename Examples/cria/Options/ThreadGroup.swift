import ArgumentParser

/// How many threads work.
struct ThreadGroup: ParsableArguments {
  @Option(help: ArgumentHelp("Threads that work. (default: one per processor)", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads) is outside 1 to 1024.")
    }
  }
}
