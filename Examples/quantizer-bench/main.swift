import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels

// How far a model's outputs move, matrix by matrix, by quantizer and type:
//
//     quantizer-bench MODEL CALIBRATION.txt EVALUATION.txt [TENSOR-PART [TOKENS [TYPE,TYPE,…]]]
//
// Runs the model over the first text and collects the second moments of every matrix's inputs; the
// quantizers get these. Measures the error of the outputs, ‖(W - Q) X‖ / ‖W X‖, over the inputs of
// the second text, which they have not seen.

let arguments = Array(CommandLine.arguments.dropFirst())
guard (3...6).contains(arguments.count) else {
  print(
    "usage: quantizer-bench MODEL CALIBRATION.txt EVALUATION.txt [TENSOR-PART [TOKENS [TYPES]]]")
  exit(2)
}
let part = arguments.count > 3 ? arguments[3] : "blk.1."
let limit = arguments.count > 4 ? Int(arguments[4]) ?? 8192 : 8192
let types = (arguments.count > 5 ? arguments[5] : "IQ2_XS,Q2_K,Q3_K,Q4_0,Q4_K")
  .split(separator: ",").compactMap { TensorType(name: String($0)) }

do {
  let file = try GGUFFile(contentsOf: URL(filePath: arguments[0]))
  let backend = CapturingBackend(base: try CPUBackend(), part: part)
  let model = try LanguageModel(file, backend: backend)

  func moments(of path: String) throws -> [String: SecondMoments] {
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    let tokens = Array(model.tokenizer.encode(text).prefix(limit))
    let window = min(256, model.configuration.contextLength)
    backend.moments.clear()
    for start in stride(from: 0, to: tokens.count, by: window) {
      let sequence = try ModelSequence(model, capacity: window)
      _ = try sequence.append(Array(tokens[start..<min(start + window, tokens.count)]))
    }
    return backend.moments.all
  }

  let seen = try moments(of: arguments[1])
  let unseen = try moments(of: arguments[2])
  print("outputs' error on unseen text, in percent; \(limit) tokens each")
  let heads = ["nearest", "search", "weighted", "compensated", "of weighted", "seconds"]
  print(
    "tensor".padding(toLength: 35, withPad: " ", startingAt: 0),
    heads.map { String(repeating: " ", count: 12 - $0.count) + $0 }.joined(), separator: "")

  let quantizers: [(any Quantizer)?] = [
    RoundToNearestQuantizer(), FormatQuantizer(), nil, ErrorCompensatingQuantizer(statistics: seen),
  ]
  for tensor in file.tensors where tensor.name.contains(part) && tensor.shape.count == 2 {
    guard let known = seen[tensor.name], let judge = unseen[tensor.name] else { continue }
    let values = try tensor.decoded()
    let importance = known.importance
    for type in types where tensor.columns % type.blockSize == 0 {
      let rows = TensorRows(
        tensor: tensor.name, type: type, columns: tensor.columns, firstRow: 0, count: tensor.rows)
      let codec = try ParallelCodec()
      let clock = ContinuousClock()
      var duration = Duration.zero
      let errors = try quantizers.map { quantizer -> Double? in
        if let quantizer, !quantizer.supports(type) { return nil }
        var bytes = [UInt8](repeating: 0, count: try type.byteCount(shape: tensor.shape))
        var span = bytes.mutableSpan
        var blocks = span.mutableBytes
        let start = clock.now
        try codec.encode(
          values.span, of: rows, importance: quantizer == nil ? importance.span : nil,
          with: quantizer ?? FormatQuantizer(), into: &blocks)
        duration = clock.now - start
        let stored = try InMemoryTensor(
          name: tensor.name, type: type, shape: tensor.shape, bytes: bytes
        ).decoded()
        return 100 * judge.relativeOutputError(original: values.span, stored: stored.span)
      }
      let name = tensor.name.padding(toLength: 26, withPad: " ", startingAt: 0)
      let label = type.name.padding(toLength: 8, withPad: " ", startingAt: 0)
      let columns = errors.map { error in
        error.map { String(format: "%12.3f", $0) } ?? "           -"
      }
      let ratio = (errors[3] ?? 0) / (errors[2] ?? 1)
      let seconds = duration / .seconds(1)
      print(
        name + " " + label + columns.joined() + String(format: "%12.3f%12.2f", ratio, seconds))
    }
  }
} catch {
  FileHandle.standardError.write(Data("quantizer-bench: \(error)\n".utf8))
  exit(1)
}
