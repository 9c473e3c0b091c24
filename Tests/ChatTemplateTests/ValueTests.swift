import ChatTemplate
import Testing

@Suite struct ValueTests {
  @Test func jsonKeepsOrderAndKinds() throws {
    let text = #"{"b": 1, "a": [1.0, 2.5e3, -0, true, null, "x\u00e9\ud83d\ude00\n\/"], "c": {}}"#
    let value = try TemplateValue(json: text)
    #expect(value.object?.names == ["b", "a", "c"])
    #expect(value["a"]?.array?[0] == .double(1))
    #expect(value["a"]?.array?[2] == .integer(0))
    #expect(value["a"]?.array?[5] == "xé😀\n/")
    #expect(
      value.json == #"{"b": 1, "a": [1.0, 2500.0, 0, true, null, "xé😀\n/"], "c": {}}"#)
    #expect(try TemplateValue(json: value.json) == value)
    #expect(try TemplateValue(json: "18446744073709551616") == .double(18446744073709551616))
    #expect(try TemplateValue(json: #"{"a": 1, "b": 2, "a": 3}"#) == ["a": 3, "b": 2])
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "tru", "nul", "\"a",
    "\"\\x\"", "\"\\ud800\"", "\"\u{1}\"", "[1] 2", "NaN", "'a'", "{\"a\" 1}", "[1 2]", "-",
    "\"\\u12g4\"", String(repeating: "[", count: 100_000),
  ])
  func invalidJSONIsRejected(_ text: String) {
    do throws(TemplateError) {
      _ = try TemplateValue(json: text)
      Issue.record("\(text.prefix(20)) was read")
    } catch {
      #expect(error.code == .invalidJSON)
      #expect(error.location != nil)
    }
  }

  @Test func objectsKeepOrder() {
    var object = TemplateObject()
    for index in 0..<30 { object["k\(index)"] = .integer(index) }
    object["k3"] = nil
    object["k4"] = "four"
    object["e\u{301}"] = 1
    object["é"] = 2
    #expect(object.count == 31)
    #expect(object.names[3] == "k4")
    #expect(object["k4"] == "four")
    #expect(object["k3"] == nil)
    #expect(object["k29"] == 29)
    #expect(object["e\u{301}"] == 1)
  }

  @Test func errorsHaveAPlace() throws {
    func location(_ source: String) -> TemplateError.Location? {
      do throws(TemplateError) {
        _ = try ChatTemplate(source: source).render([:])
        return nil
      } catch {
        return error.location
      }
    }
    #expect(location("a\né {{ x.y }}") == .init(line: 2, column: 7))
    #expect(location("{% if %}") == .init(line: 1, column: 7))
    #expect(location("\n\n  {{ 1 / 0 }}") == .init(line: 3, column: 8))
    #expect(location("{{ 'a'|nothing }}") == .init(line: 1, column: 8))
    #expect(location("x\n{{ raise_exception('no') }}") == .init(line: 2, column: 19))
  }

  @Test func theClockIsTheCallers() throws {
    let template = try ChatTemplate(
      source: "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'never' }}")
    #expect(try template.render([:]) == "never")
    let now = TemplateDate(year: 2024, month: 2, day: 29, hour: 23, minute: 5)
    #expect(try template.render([:], options: TemplateOptions(now: now)) == "29 Feb 2024")
  }

  @Test(arguments: [
    ("2026-11-21T09:30:00", "Sat Saturday 47 46 46 325 09 AM 21 1795253400"),
    ("2024-12-30T12:00:01", "Mon Monday 01 53 52 365 12 PM 30 1735560001"),
    ("2021-01-01T00:00:00Z", "Fri Friday 53 00 00 001 12 AM  1 1609459200"),
    ("2000-02-29 13:14:15.25", "Tue Tuesday 09 09 09 060 01 PM 29 951830055"),
    ("0001-01-01", "Mon Monday 01 01 00 001 12 AM  1 -62135596800"),
  ])
  func datesAreWrittenAsCDoes(_ text: String, _ expected: String) throws {
    let date = try #require(TemplateDate(iso8601: text))
    #expect(date.formatted("%a %A %V %W %U %j %I %p %e %s") == expected)
  }

  @Test(arguments: ["", "2026", "2026-13-01", "2026-02-29", "2026-01-01T24:00", "abcd-ef-gh"])
  func datesThatAreNone(_ text: String) {
    #expect(TemplateDate(iso8601: text) == nil)
  }

  @Test func aTemplateCanBeUsedFromManyTasks() async throws {
    let template = try ChatTemplate(
      source: "{% for m in messages %}{{ m.content|upper }}{% endfor %}")
    await withTaskGroup(of: String?.self) { group in
      for index in 0..<16 {
        group.addTask {
          try? template.render(["messages": [["content": "a\(index)"]]])
        }
      }
      for await text in group { #expect(text?.hasPrefix("A") == true) }
    }
  }
}
