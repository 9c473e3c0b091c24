import TestSupport

/// A schema of the tests' own, with its own way to tell which values match.
indirect enum SchemaModel {
  case null
  case bool
  case integer(ClosedRange<Int>)
  case number(minimum: Double)
  case string(ClosedRange<Int>)
  case constants([String])
  case array(SchemaModel, ClosedRange<Int>)
  case object([(name: String, model: SchemaModel, isRequired: Bool)], additional: SchemaModel?)
  case any([SchemaModel])

  static func random(depth: Int, using random: inout SeededRandom) -> SchemaModel {
    func range(_ limit: Int) -> ClosedRange<Int> {
      let low = Int.random(in: 0...limit, using: &random)
      return low...low + Int.random(in: 0...limit, using: &random)
    }
    switch Int.random(in: 0..<(depth > 0 ? 12 : 6), using: &random) {
    case 0: return Bool.random(using: &random) ? .null : .bool
    case 1, 2:
      let low = Int.random(in: -120...120, using: &random)
      return .integer(low...low + Int.random(in: 0...200, using: &random))
    case 3: return .number(minimum: Double(Int.random(in: -8...8, using: &random)) / 4)
    case 4: return .string(range(4))
    case 5:
      return .constants(
        Array(["red", "re", "green", "b\"l", "ü"].shuffled(using: &random).prefix(3)))
    case 6, 7: return .array(.random(depth: depth - 1, using: &random), range(2))
    case 8: return .any((0..<2).map { _ in .random(depth: depth - 1, using: &random) })
    default:
      let names = ["a", "ab", "abc", "key", "é", "q\"t"].shuffled(using: &random)
      let count = Int.random(in: 0...4, using: &random)
      var additional: SchemaModel?
      if Bool.random(using: &random) { additional = .random(depth: 0, using: &random) }
      var members: [(name: String, model: SchemaModel, isRequired: Bool)] = []
      for name in names.prefix(count) {
        members.append(
          (name, .random(depth: depth - 1, using: &random), Bool.random(using: &random)))
      }
      return .object(members, additional: additional)
    }
  }

  /// As JSON Schema.
  var schema: String {
    func quoted(_ text: String) -> String {
      "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
        + "\""
    }
    switch self {
    case .null: return #"{"type":"null"}"#
    case .bool: return #"{"type":"boolean"}"#
    case .integer(let range):
      return #"{"type":"integer","minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)}"#
    case .number(let minimum): return #"{"type":"number","exclusiveMinimum":\#(minimum)}"#
    case .string(let range):
      return
        #"{"type":"string","minLength":\#(range.lowerBound),"maxLength":\#(range.upperBound)}"#
    case .constants(let texts): return #"{"enum":[\#(texts.map(quoted).joined(separator: ","))]}"#
    case .array(let item, let range):
      return
        #"{"type":"array","items":\#(item.schema),"minItems":\#(range.lowerBound),"maxItems":\#(range.upperBound)}"#
    case .any(let models): return #"{"anyOf":[\#(models.map(\.schema).joined(separator: ","))]}"#
    case .object(let members, let additional):
      let properties = members.map { quoted($0.name) + ":" + $0.model.schema }
      let required = members.filter(\.isRequired).map { quoted($0.name) }
      return
        #"{"type":"object","properties":{\#(properties.joined(separator: ","))},"required":[\#(required.joined(separator: ","))],"additionalProperties":\#(additional?.schema ?? "false")}"#
    }
  }

  func allows(_ value: JSONSample) -> Bool {
    switch (self, value) {
    case (.null, .null), (.bool, .bool): true
    case (.integer(let range), .number(let number)):
      number == number.rounded() && Double(range.lowerBound) <= number
        && number <= Double(range.upperBound)
    case (.number(let minimum), .number(let number)): number > minimum
    case (.string(let range), .string(let text)): range.contains(text.unicodeScalars.count)
    case (.constants(let texts), .string(let text)): texts.contains(text)
    case (.array(let item, let range), .array(let values)):
      range.contains(values.count) && values.allSatisfy(item.allows)
    case (.object(let members, let additional), .object(let found)):
      members.allSatisfy { member in !member.isRequired || found.contains { $0.key == member.name }
      }
        && found.allSatisfy { item in
          if let member = members.first(where: { $0.name == item.key }) {
            return member.model.allows(item.value)
          }
          return additional?.allows(item.value) ?? false
        }
        && Set(found.map(\.key)).count == found.count
    case (.any(let models), _): models.contains { $0.allows(value) }
    default: false
    }
  }

  /// A value that matches.
  func value(using random: inout SeededRandom) -> JSONSample {
    switch self {
    case .null: return .null
    case .bool: return .bool(Bool.random(using: &random))
    case .integer(let range): return .number(Double(Int.random(in: range, using: &random)))
    case .number(let minimum):
      return .number(minimum + [0.25, 1, 12.5, 3000].randomElement(using: &random, or: 1))
    case .string(let range):
      let letters: [Unicode.Scalar] = ["a", "é", "😀", "\"", "\\", "\n", " ", "日"]
      var text = ""
      for _ in 0..<Int.random(in: range, using: &random) {
        text.unicodeScalars.append(letters.randomElement(using: &random, or: "a"))
      }
      return .string(text)
    case .constants(let texts): return .string(texts.randomElement(using: &random, or: ""))
    case .array(let item, let range):
      let count = Int.random(in: range, using: &random)
      var values: [JSONSample] = []
      for _ in 0..<count { values.append(item.value(using: &random)) }
      return .array(values)
    case .any(let models):
      return models.randomElement(using: &random, or: .null).value(using: &random)
    case .object(let members, let additional):
      var found: [(key: String, value: JSONSample)] = []
      for member in members where member.isRequired || Bool.random(using: &random) {
        found.append((member.name, member.model.value(using: &random)))
      }
      if let additional, Bool.random(using: &random) {
        for key in ["b", "abcd", "é2"].prefix(Int.random(in: 1...3, using: &random)) {
          found.append((key, additional.value(using: &random)))
        }
      }
      return .object(found)
    }
  }
}
