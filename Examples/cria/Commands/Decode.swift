import ArgumentParser
import Foundation
import QuantCore
import TensorKernels

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns raw blocks of a tensor type into float32 numbers.",
    discussion: """
      The input holds the blocks of rows, and nothing else; the output their numbers, little-endian.

      Example:
        cria decode Q4_K --input x.q4_k --columns 4096 --output x.f32
      """)

  @Argument(help: "A tensor type, such as Q4_K.")
  var type: TensorType

  @Option(help: ArgumentHelp("The blocks.", valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp("The numbers of a row.", valueName: "n"))
  var columns: Int

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup var threads: ThreadGroup
  @OptionGroup var format: OutputGroup

  func run() throws {
    let blocks = [UInt8](try InputFile.data(input))
    let shape = try RawRows(type: type, columns: columns, bytes: blocks.count, file: input)
    let codec = try ParallelCodec(threads: threads.threads)
    var values = [Float](repeating: 0, count: shape.rows * columns)
    let clock = ContinuousClock()
    let start = clock.now
    var span = values.mutableSpan
    codec.decode(blocks.span.bytes, as: type, into: &span)
    let seconds = (clock.now - start).seconds
    let file = try OutputFile(path: output)
    try file.write(Data(littleEndian: values))
    try file.commit()
    try RawRows.Result(bytes: 4 * values.count, seconds: seconds).write(to: output, as: format)
  }
}
