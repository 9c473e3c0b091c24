import ArgumentParser
import Foundation
import QuantCore
import TensorKernels

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stores float32 numbers as raw blocks of a tensor type.",
    discussion: """
      The input holds rows of float32 numbers, little-endian; the output their blocks, and nothing \
      else.

      Example:
        cria encode Q4_K --input x.f32 --columns 4096 --output x.q4_k
      """)

  @Argument(help: "A tensor type, such as Q4_K.")
  var type: TensorType

  @Option(help: ArgumentHelp("The numbers.", valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp("The numbers of a row.", valueName: "n"))
  var columns: Int

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "How much errors in each column matter: a float32 number for each.", valueName: "file"))
  var importance: String?

  @OptionGroup var threads: ThreadGroup
  @OptionGroup var format: OutputGroup

  func run() throws {
    let values = try InputFile.floats(input)
    let weights = try importance.map { try InputFile.floats($0) }
    if let weights, weights.count != columns {
      throw Failure(
        .badData, "sizeMismatch",
        "\(weights.count) importance weights for \(columns) columns", at: importance)
    }
    let shape = try RawRows(type: type, columns: columns, values: values.count, file: input)
    let codec = try ParallelCodec(threads: threads.threads)
    var blocks = [UInt8](repeating: 0, count: shape.bytes)
    let clock = ContinuousClock()
    let start = clock.now
    do throws(QuantError) {
      var span = blocks.mutableSpan
      var bytes = span.mutableBytes
      let rows = TensorRows(
        tensor: input, type: type, columns: columns, firstRow: 0, count: shape.rows)
      try codec.encode(values.span, of: rows, importance: weights?.span, into: &bytes)
    } catch {
      throw Failure(any: error, file: input)
    }
    let seconds = (clock.now - start).seconds
    var stored = [Float](repeating: 0, count: values.count)
    var span = stored.mutableSpan
    codec.decode(blocks.span.bytes, as: type, into: &span)
    let error =
      if let weights {
        ErrorMetrics(original: values.span, stored: stored.span, weights: weights.span)
      } else {
        ErrorMetrics(original: values.span, stored: stored.span)
      }
    let file = try OutputFile(path: output)
    try file.write(Data(blocks))
    try file.commit()
    try RawRows.Result(
      bytes: blocks.count, rmse: error.rootMeanSquaredError, seconds: seconds
    ).write(to: output, as: format)
  }
}
