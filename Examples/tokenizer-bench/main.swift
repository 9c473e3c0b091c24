// Measures how fast texts become tokens, one thread, and that no text is slow: a million bytes of one
// letter, of spaces, of emoji, and so on.
//
// usage: swift run -c release tokenizer-bench MODEL.gguf|tokenizer.json [TEXT ...]

import Foundation
import GGUFKit
import LlamaModel

func load(_ path: String) throws -> any Tokenizer {
  if path.hasSuffix(".json") {
    return try HuggingFaceTokenizer(json: [UInt8](Data(contentsOf: URL(filePath: path))))
  }
  return try TokenizerRegistry.makeTokenizer(metadata: GGUFFile(path: path).metadata)
}

/// Seconds of the fastest of several runs.
func fastest(_ runs: Int, _ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  let best = (0..<runs).map { _ in clock.measure(body) }.min() ?? .zero
  return Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
}

func measure(_ name: String, _ text: String, by tokenizer: any Tokenizer, runs: Int) {
  var count = 0
  let seconds = fastest(runs) { count = tokenizer.encode(text, options: []).count }
  let rate = Double(text.utf8.count) / seconds / 1e6
  print(
    name.padding(toLength: 24, withPad: " ", startingAt: 0),
    String(format: "%9d bytes %8d tokens %7.3f s %7.1f MB/s", text.utf8.count, count, seconds, rate)
  )
}

guard CommandLine.arguments.count > 1 else {
  print("usage: tokenizer-bench MODEL.gguf|tokenizer.json [TEXT ...]")
  exit(64)
}
let tokenizer = try load(CommandLine.arguments[1])
for path in CommandLine.arguments.dropFirst(2) {
  let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  measure(URL(filePath: path).lastPathComponent, text, by: tokenizer, runs: 5)
}
for (name, unit) in [
  ("one letter", "a"), ("spaces", " "), ("newlines", "\n"), ("digits", "7"), ("emoji", "🦙"),
  ("two letters", "ab"), ("signs", "=-"),
] {
  let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
  measure(name, text, by: tokenizer, runs: 1)
}
