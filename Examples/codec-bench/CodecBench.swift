import ArgumentParser
import Foundation
import QuantCore
import TensorKernels

/// Measures how fast each tensor type is encoded and decoded, in millions of weights per second.
@main
struct CodecBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec-bench",
    abstract: "Measures the encoders and decoders of tensor types.",
    discussion: """
      Rows of 4096 normal values with a deviation of 0.02. Decoding writes to memory that was \
      written before. Of several repetitions the fastest counts.

      Example:
        swift run -c release codec-bench --mi 64 --threads 2 Q4_K Q6_K
      """)

  @Argument(help: "Types; all that are not plain storage unless given.")
  var types: [String] = []

  @Option(help: "Values, in units of 2^20.")
  var mi = 64

  @Option(help: ArgumentHelp("Threads that work. (default: one per processor)"))
  var threads: Int?

  @Option(help: "Repetitions of each measurement.")
  var repetitions = 3

  @Option(help: "A kernel set; scalar is plain Swift.")
  var kernels: String?

  @Flag(help: "Weigh the columns.")
  var importance = false

  @Flag(help: "Measure decoding with care, encoding with one run.")
  var decodeOnly = false

  @Flag(help: "Print one JSON value.")
  var json = false

  private static let columns = 4096

  func validate() throws {
    for (name, value, limit) in [("mi", mi, 4096), ("repetitions", repetitions, 1000)]
    where !(1...limit).contains(value) {
      throw ValidationError("--\(name) \(value) is outside 1 to \(limit).")
    }
    for name in types where TensorType(name: name) == nil {
      throw ValidationError("There is no type \(name).")
    }
    if let kernels, KernelSet.named(kernels) == nil {
      throw ValidationError("--kernels \(kernels) cannot run on this processor.")
    }
  }

  func run() throws {
    let codec = try ParallelCodec(
      threads: threads, kernels: kernels.flatMap { KernelSet.named($0) })
    let count = mi << 20
    let values = Self.normalValues(count)
    let weights = importance ? (0..<Self.columns).map { 0.1 + Float($0 * 7 % 64) / 64 } : nil
    let chosen =
      types.isEmpty
      ? TensorType.allCases.filter { $0.isQuantized || $0 == .f16 || $0 == .bf16 }
      : types.compactMap { TensorType(name: $0) }
    var results: [Result] = []
    var decoded = [Float](repeating: 1, count: count)
    for type in chosen {
      var blocks = [UInt8](repeating: 0, count: try type.byteCount(elements: count))
      let rows = TensorRows(
        tensor: "weights", type: type, columns: Self.columns, firstRow: 0,
        count: count / Self.columns)
      let encoding = try fastest(decodeOnly ? 1 : repetitions) {
        var span = blocks.mutableSpan
        var bytes = span.mutableBytes
        try codec.encode(values.span, of: rows, importance: weights?.span, into: &bytes)
      }
      let decoding = fastest(repetitions) {
        var span = decoded.mutableSpan
        codec.decode(blocks.span.bytes, as: type, into: &span)
      }
      let result = Result(
        type: type.name, encode: Double(count) / encoding / 1e6,
        decode: Double(count) / decoding / 1e6)
      results.append(result)
      if !json { print(result.line) }
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      let report = Report(
        kernels: codec.kernels.name, threads: codec.threadCount, mi: mi, types: results)
      print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
  }

  /// Seconds of the fastest of several runs.
  private func fastest(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    var best = Duration.seconds(1_000_000)
    for _ in 0..<runs { best = min(best, try clock.measure(body)) }
    return Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
  }

  /// Normal values, the same each time: sums of twelve uniform ones are near enough.
  private static func normalValues(_ count: Int) -> [Float] {
    var state: UInt64 = 1
    func next() -> Float {
      var sum: UInt32 = 0
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        for shift in [UInt64(16), 28, 40, 52] { sum += UInt32(state >> shift & 4095) }
      }
      return (Float(sum) / 4095 - 6) * 0.02
    }
    // A prime number of rows, so that no two threads' rows fall together.
    let part = (0..<min(count, 251 * columns)).map { _ in next() }
    return (0..<count).map { part[$0 % part.count] }
  }

  private struct Result: Encodable {
    var type: String
    /// Millions of weights per second.
    var encode: Double
    var decode: Double

    var line: String {
      func column(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
      }
      return type + column("\(Int(encode))", 18 - type.count) + column("\(Int(decode))", 10)
        + "  million weights/s encoded, decoded"
    }
  }

  private struct Report: Encodable {
    var kernels: String
    var threads: Int
    var mi: Int
    var types: [Result]
  }
}
