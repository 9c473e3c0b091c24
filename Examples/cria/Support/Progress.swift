import Foundation

/// Shows how far long work is: a bar with rate and time left on a terminal, else a line now and
/// then.
struct Progress {
  private let title: String
  private let total: Int
  private let unit: String
  private let isQuiet: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant
  private let isTerminal = Console.isErrorTerminal

  /// - Parameters:
  ///   - title: What is being done.
  ///   - total: How much there is of it, 1 or more.
  ///   - unit: What is counted, in the plural.
  ///   - isQuiet: Whether to show nothing.
  init(_ title: String, total: Int, unit: String, isQuiet: Bool) {
    self.title = title
    self.total = total
    self.unit = unit
    self.isQuiet = isQuiet
    start = clock.now
    lastShown = start
  }

  /// Shows that so much of the total is done, unless it was shown very recently.
  mutating func update(_ done: Int) {
    let now = clock.now
    guard !isQuiet, now - lastShown >= (isTerminal ? .milliseconds(100) : .seconds(5)) else {
      return
    }
    lastShown = now
    let elapsed = (now - start).seconds
    let rate = Double(done) / elapsed
    let share = Double(done) / Double(total)
    let left = done > 0 ? ", \(Format.seconds(elapsed / share - elapsed)) left" : ""
    let figures = "\(Format.percent(share)), \(Format.rate(rate)) \(unit)/s\(left)"
    if isTerminal {
      let filled = Int(share * 24)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
      Console.noteText("\r\u{1B}[K\(title) \(bar) \(figures)")
    } else {
      Console.note("\(title): \(figures)")
    }
  }

  /// Takes the bar away.
  func finish() {
    if !isQuiet, isTerminal, lastShown > start { Console.noteText("\r\u{1B}[K") }
  }
}
