import ChatTemplate
import Foundation
import TestSupport
import Testing

/// Real templates against what Jinja2 made of them.
@Suite(.enabled(if: Fixtures.isAvailable, .init(rawValue: Fixtures.missing)))
struct FixtureTemplateTests {
  static let names: [String] = {
    let folder = Fixtures.url("templates").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".json") }.sorted()
  }()

  @Test(arguments: names)
  func everyCaseIsTheSameToTheByte(_ name: String) throws {
    let data = try Fixtures.bytes("templates/\(name)")
    let file = try TemplateValue(json: String(decoding: data, as: UTF8.self))
    let template = try ChatTemplate(source: file["template"]?.string ?? "{%")
    let now = try #require(TemplateDate(iso8601: file["now"]?.string ?? ""))
    let cases = try #require(file["cases"]?.object).members
    #expect(!cases.isEmpty)
    for member in cases {
      let input = try #require(member.value["input"])
      do throws(TemplateError) {
        let text = try template.render(input, options: TemplateOptions(now: now))
        let expected = member.value["output"]?.string ?? "an error"
        #expect(text.utf8.elementsEqual(expected.utf8), "\(member.name)")
      } catch {
        #expect(member.value["error"] != nil, "\(member.name): \(error)")
      }
    }
  }

  @Test func templatesThatAppendWorkWhereThatIsAllowed() throws {
    let data = try Fixtures.bytes("templates/Kimi-K2-Instruct.json")
    let file = try TemplateValue(json: String(decoding: data, as: UTF8.self))
    let template = try ChatTemplate(source: file["template"]?.string ?? "{%")
    let input = try #require(file["cases"]?["tool_round"]?["input"])
    let text = try template.render(input, options: TemplateOptions(allowsMutation: true))
    #expect(text.contains("<|tool_call_begin|>functions.get_weather:0"))
  }
}
