import ChatTemplate
import Foundation
import Testing

/// Small templates against what Jinja2 makes of them; see Fixtures/README.md.
@Suite struct SnippetTests {
  struct Snippet: CustomTestStringConvertible, Sendable {
    var template: String
    var output: String?
    var error: String?

    var testDescription: String { String(template.prefix(60)) }
  }

  static func load() throws -> (context: TemplateValue, snippets: [Snippet]) {
    let url = try #require(
      Bundle.module.url(forResource: "snippets", withExtension: "json", subdirectory: "Fixtures"))
    let file = try TemplateValue(json: String(contentsOf: url, encoding: .utf8))
    let cases = try #require(file["cases"]?.array)
    let snippets = try cases.map { value in
      let template = try #require(value["template"]?.string)
      return Snippet(
        template: template, output: value["output"]?.string, error: value["error"]?.string)
    }
    return (try #require(file["context"]), snippets)
  }

  @Test func snippetsRenderAsJinja2RendersThem() throws {
    let (context, snippets) = try Self.load()
    #expect(snippets.count > 500)
    let options = TemplateOptions(now: TemplateDate(iso8601: "2026-11-21T09:30:00"))
    for snippet in snippets {
      do throws(TemplateError) {
        let text = try ChatTemplate(source: snippet.template).render(context, options: options)
        #expect(text.utf8.elementsEqual((snippet.output ?? "").utf8), "\(snippet.template)")
        #expect(snippet.error == nil, "\(snippet.template)")
      } catch {
        #expect(error.code.description == snippet.error, "\(snippet.template): \(error)")
        #expect(error.location != nil, "\(snippet.template)")
      }
    }
  }
}
