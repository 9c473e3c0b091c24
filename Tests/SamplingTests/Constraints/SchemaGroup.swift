import Foundation
import Testing

/// Schemas on one topic, each with texts that it allows and others.
struct SchemaGroup: Sendable, CustomTestStringConvertible {
  struct Case: Sendable, Decodable {
    var schema: String
    var valid: [String]
    var invalid: [String]
  }

  var name: String
  var cases: [Case]

  var testDescription: String { name }

  /// What `Fixtures/schema-groups.json` holds.
  static func all() throws -> [SchemaGroup] {
    let url = try #require(
      Bundle.module.url(
        forResource: "schema-groups", withExtension: "json", subdirectory: "Fixtures"))
    let groups = try JSONDecoder().decode([String: [Case]].self, from: Data(contentsOf: url))
    return groups.map { SchemaGroup(name: $0.key, cases: $0.value) }.sorted { $0.name < $1.name }
  }
}

/// Other spellings of the same JSON value.
enum Respelling: CaseIterable {
  case asItIs
  /// With whitespace wherever it may stand.
  case spaced
  /// With every character of strings as an escape by number.
  case escaped

  func apply(to text: String) -> String {
    var result = ""
    var isInString = false
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      if scalar == "\"" { isInString.toggle() }
      if isInString, scalar == "\\" {
        result.unicodeScalars.append(scalar)
        // With the digits of an escape by number.
        let count = rest.first == "u" ? 5 : 1
        result.unicodeScalars.append(contentsOf: rest.prefix(count))
        rest.removeFirst(count)
      } else if self == .escaped, isInString, scalar != "\"" {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else if self == .spaced, !isInString, "{}[]:,".unicodeScalars.contains(scalar) {
        result += " \(scalar)\n\t"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
