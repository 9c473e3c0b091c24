/// The file names of a split model: `name-00002-of-00005.gguf`, numbered from 1 on.
struct SplitName {
  /// What comes before the numbers, with the folder.
  var prefix: String

  /// The prefix of all parts.
  init(prefix: String) { self.prefix = prefix }

  /// The prefix of the part at `path`, `number` from 0 on; `nil` when its name is another.
  init?(path: String, number: Int, count: Int) {
    let ending = Self.ending(number: number, count: count)
    guard path.hasSuffix(ending) else { return nil }
    prefix = String(path.dropLast(ending.count))
  }

  /// The path of one part, `number` from 0 on.
  func path(number: Int, count: Int) -> String {
    prefix + Self.ending(number: number, count: count)
  }

  private static func ending(number: Int, count: Int) -> String {
    "-\(padded(number + 1))-of-\(padded(count)).gguf"
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
