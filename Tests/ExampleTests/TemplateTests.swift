import Foundation
import TestSupport
import Testing

struct TemplateTests {
  private struct Text: Decodable {
    var text: String
  }

  @Test func aTemplateIsRendered() async throws {
    let scratch = try Scratch()
    let template = try scratch.file(
      "chat.jinja",
      "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{{ strftime_now('%Y') }}")
    let context = try scratch.file(
      "chat.json", #"{"messages": [{"role": "user", "content": "Hé"}]}"#)
    let text: Text = try await Executable.cria.run(
      "template", "--template", template, "--context", context, "--now", "2024-02-03",
      "--json"
    ).json()
    #expect(text.text == "[user]Hé2024")
  }

  @Test func aTemplateThatFailsSaysWhere() async throws {
    let scratch = try Scratch()
    let template = try scratch.file("chat.jinja", "a\n{{ raise_exception('no') }}")
    let context = try scratch.file("chat.json", "{}")
    let result = try await Executable.cria.run(
      "template", "--template", template, "--context", context)
    #expect(result.status == 65)
    #expect(result.errors.contains("no"))
    #expect(result.errors.contains("line 2"))
  }
}
