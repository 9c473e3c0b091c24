import Foundation
import GGUFKit
import LlamaModel
import ModelConversion
import QuantCore

/// Leaves out what is far smaller than the rest of its row, and has a search encode what remains:
/// a quantizer of one's own is a struct with two functions.
struct SparseQuantizer: Quantizer {
  /// What is left out, over the row's root mean square.
  var threshold: Float

  func supports(_ type: TensorType) -> Bool { type.isQuantized }

  func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    var kept = (0..<values.count).map { values[$0] }
    for row in 0..<rows.count {
      let range = row * rows.columns..<(row + 1) * rows.columns
      let square = kept[range].reduce(0) { $0 + $1 * $1 } / Float(rows.columns)
      for i in range where abs(kept[i]) < threshold * square.squareRoot() { kept[i] = 0 }
    }
    try FormatQuantizer().encode(kept.span, of: rows, importance: importance, into: &blocks)
  }
}

/// Quantizes a model (the file given, or a tiny random one) with a quantizer.
func errors(with quantizer: any Quantizer) throws -> [ConversionReport.Tensor] {
  let path = CommandLine.arguments.dropFirst().first
  let file = try path.map { try GGUFFile(contentsOf: URL(filePath: $0)) }
  let plan = try QuantizationPlan(
    for: file ?? RandomModel(seed: 1).file(), recipe: .q4_0, quantizer: quantizer)
  let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gguf")
  defer { try? FileManager.default.removeItem(at: output) }
  return try plan.write(to: output).tensors
}

for (own, plain) in try zip(
  errors(with: SparseQuantizer(threshold: 0.2)), errors(with: FormatQuantizer()))
where own.type.isQuantized {
  print(own.name, own.type, "rms", own.rootMeanSquaredError, "built in", plain.rootMeanSquaredError)
}
