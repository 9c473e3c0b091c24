import ArgumentParser
import GGUFFuzzing
import GGUFKit

/// Writes a file with every kind of value.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a small file with every metadata type and every tensor type with a codec.")

  @Argument(help: "Where to write it.")
  var path: String

  @Option(help: "The version of the format: 1, 2 or 3.")
  var version: UInt32 = 3

  @Flag(help: "Write the highest byte of each number first.")
  var bigEndian = false

  func run() throws {
    let options = GGUFWriter.Options(
      version: version, byteOrder: bigEndian ? .bigEndian : .littleEndian)
    try SampleFile.builder(options: options).write(toPath: path)
  }
}
