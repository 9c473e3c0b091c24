import Foundation
import TestSupport

/// A JSON value of the tests' own.
indirect enum JSONSample: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONSample])
  case object([(key: String, value: JSONSample)])

  static func == (left: JSONSample, right: JSONSample) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.unicodeScalars.elementsEqual(b.unicodeScalars)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count
        && a.allSatisfy { x in b.contains { $0.key == x.key && $0.value == x.value } }
    default: false
    }
  }

  /// Reads text with Foundation's parser.
  static func parse(_ text: String) -> JSONSample? {
    guard
      let value = try? JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
    else { return nil }
    return JSONSample(value)
  }

  private init(_ value: Any) {
    switch value {
    case is NSNull: self = .null
    case let text as String: self = .string(text)
    case let list as [Any]: self = .array(list.map(JSONSample.init))
    case let object as [String: Any]:
      self = .object(object.map { ($0.key, JSONSample($0.value)) })
    case let number as NSNumber:
      let isBool =
        String(cString: number.objCType) == "c"
        || number is Bool && "\(value)" != "0" && "\(value)" != "1"
      self = isBool ? .bool(number.boolValue) : .number(number.doubleValue)
    default: self = .null
    }
  }

  /// The value as JSON, with random spaces, escapes and order of keys.
  func spelled(using random: inout SeededRandom) -> String {
    func space() -> String {
      [" ", "\n", "\t ", "", "", ""].randomElement(using: &random) ?? ""
    }
    func quoted(_ text: String) -> String {
      var result = "\""
      for unit in text.unicodeScalars {
        if unit.value < 0x20 || Int.random(in: 0..<8, using: &random) == 0 {
          for code in String(unit).utf16 {
            let digits = String(code, radix: 16, uppercase: Bool.random(using: &random))
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else if unit == "\"" || unit == "\\" {
          result += "\\" + String(unit)
        } else {
          result.unicodeScalars.append(unit)
        }
      }
      return result + "\""
    }
    let body: String
    switch self {
    case .null: body = "null"
    case .bool(let value): body = value ? "true" : "false"
    case .number(let value):
      let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      let isInteger = !text.contains(".") && !text.contains("e")
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where isInteger: body = text + ".0"
      case 1 where isInteger && value != 0: body = text + "0e-1"
      default: body = text
      }
    case .string(let text): body = quoted(text)
    case .array(let values):
      var parts: [String] = []
      for value in values { parts.append(value.spelled(using: &random)) }
      body = "[" + (parts.isEmpty ? space() : parts.joined(separator: ",")) + "]"
    case .object(let members):
      var parts: [String] = []
      for member in members.shuffled(using: &random) {
        parts.append(
          space() + quoted(member.key) + space() + ":" + member.value.spelled(using: &random))
      }
      body = "{" + (parts.isEmpty ? space() : parts.joined(separator: ",")) + "}"
    }
    return space() + body + space()
  }

  /// A value that differs somewhere.
  func changed(using random: inout SeededRandom) -> JSONSample {
    switch self {
    case .array(var values) where !values.isEmpty && Bool.random(using: &random):
      let index = Int.random(in: 0..<values.count, using: &random)
      if Int.random(in: 0..<3, using: &random) == 0 {
        values.remove(at: index)
      } else {
        values[index] = values[index].changed(using: &random)
      }
      return .array(values)
    case .object(var members) where !members.isEmpty && Int.random(in: 0..<4, using: &random) > 0:
      let index = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: members.remove(at: index)
      case 1: members[index].key += "x"
      default: members[index].value = members[index].value.changed(using: &random)
      }
      return .object(members)
    case .number(let value):
      return .number(value + [1, -1, 0.5, 100, -1000].randomElement(using: &random, or: 1))
    case .string(let text):
      return .string(
        [text + "ab", String(text.dropFirst()), "é😀", "red"].randomElement(using: &random, or: ""))
    default:
      return [.null, .bool(true), .number(3), .string(""), .array([]), .object([])]
        .randomElement(using: &random, or: .null)
    }
  }
}

extension Array {
  func randomElement(using random: inout SeededRandom, or other: Element) -> Element {
    randomElement(using: &random) ?? other
  }
}
