// Measures how fast a chat template is parsed and how fast it renders a chat.
//
// usage: swift run -c release template-bench TEMPLATE.jinja [MESSAGES]
//
// The chat has so many messages of some 300 bytes, the user's and the assistant's in turn.

import ChatTemplate
import Foundation

/// Seconds of the fastest of several runs.
func fastest(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var best = Duration.seconds(1000)
  for _ in 0..<20 { best = min(best, try clock.measure(body)) }
  return Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
}

guard CommandLine.arguments.count > 1 else {
  print("usage: template-bench TEMPLATE.jinja [MESSAGES]")
  exit(64)
}
let source = String(
  decoding: try Data(contentsOf: URL(filePath: CommandLine.arguments[1])), as: UTF8.self)
let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100
let sentence = "What is 2 + 2, and why does everybody ask that? "
let messages = (0..<count).map { number -> TemplateValue in
  [
    "role": number.isMultiple(of: 2) ? "user" : "assistant",
    "content": .string("\(number): " + String(repeating: sentence, count: 6)),
  ]
}
let context: TemplateValue = [
  "messages": .array(messages), "add_generation_prompt": true, "bos_token": "<s>",
  "eos_token": "</s>",
]
let options = TemplateOptions(now: TemplateDate(year: 2026, month: 11, day: 21))
let template = try ChatTemplate(source: source)
let parsing = try fastest { _ = try ChatTemplate(source: source) }
let rendering = try fastest { _ = try template.render(context, options: options) }
let bytes = try template.render(context, options: options).utf8.count
print(
  String(
    format: "parse %.3f ms, render %.3f ms, %d messages, %d bytes", parsing * 1e3, rendering * 1e3,
    count, bytes))
