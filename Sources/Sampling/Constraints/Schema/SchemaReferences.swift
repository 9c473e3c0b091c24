/// Finds the schemas that references mean.
struct SchemaReferences {
  private let root: JSONValue
  /// The base of references, by the pointer of each schema that sets one.
  private var bases: [String: String] = [:]
  /// The pointer of each schema that has an identifier or an anchor.
  private var identified: [String: String] = [:]

  init(_ root: JSONValue) throws(SchemaError) {
    self.root = root
    identified[""] = ""
    scan(root, at: "", base: "")
  }

  /// Keywords whose values are data, not schemas.
  private static let data: Set<String> = ["enum", "const", "default", "examples"]

  private mutating func scan(_ value: JSONValue, at pointer: String, base: String) {
    switch value {
    case .array(let values):
      for (index, value) in values.enumerated() {
        scan(value, at: "\(pointer)/\(index)", base: base)
      }
    case .object(let members):
      var base = base
      if case .string(let id)? = value["$id"] {
        base = Self.resolve(id.description, against: base)
        bases[pointer] = base
        identified[base] = pointer
      }
      if case .string(let anchor)? = value["$anchor"] {
        identified["\(base)#\(anchor)"] = pointer
      }
      for member in members where !Self.data.contains(member.key.description) {
        scan(member.value, at: pointer + "/" + Self.escaped(member.key), base: base)
      }
    default: break
    }
  }

  /// The schema that a reference means, with its pointer.
  func target(of reference: String, from pointer: String) -> (schema: JSONValue, pointer: String)? {
    var ancestor = pointer
    while bases[ancestor] == nil, let slash = ancestor.lastIndex(of: "/") {
      ancestor = String(ancestor[..<slash])
    }
    let full = Self.resolve(reference, against: bases[ancestor] ?? "")
    let parts = full.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let fragment = parts.count > 1 ? String(parts[1]) : ""
    if !fragment.isEmpty, !fragment.hasPrefix("/") {
      return identified[full].flatMap { at($0) }
    }
    guard let start = identified[String(parts[0])], let decoded = Self.percentDecoded(fragment)
    else { return nil }
    return at(start + decoded)
  }

  /// The value at a JSON Pointer, and the pointer in its one spelling.
  private func at(_ pointer: String) -> (schema: JSONValue, pointer: String)? {
    var value = root
    var path = ""
    for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let key = Self.unescaped(part)
      switch value {
      case .object(let members):
        let text = JSONText(key)
        guard let member = members.first(where: { $0.key == text }) else { return nil }
        value = member.value
      case .array(let values):
        guard let index = Int(key), values.indices.contains(index) else { return nil }
        value = values[index]
      default: return nil
      }
      path += "/" + Self.escaped(JSONText(key))
    }
    return (value, path)
  }

  /// A key as a part of a JSON Pointer.
  static func escaped(_ key: JSONText) -> String {
    var result = ""
    for character in key.description.unicodeScalars {
      switch character {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private static func unescaped(_ part: Substring) -> String {
    var result = String.UnicodeScalarView()
    var isEscape = false
    for scalar in part.unicodeScalars {
      if isEscape {
        result.append(scalar == "1" ? "/" : "~")
        isEscape = false
      } else if scalar == "~" {
        isEscape = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func percentDecoded(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
        return nil
      }
      bytes.append(UInt8(high << 4 | low))
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A reference made absolute (RFC 3986, section 5.2, without dot segments in the middle).
  private static func resolve(_ reference: String, against base: String) -> String {
    let base =
      base.split(separator: "#", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    if reference.isEmpty || reference.hasPrefix("#") {
      return reference == "#" ? base : base + reference
    }
    var reference = reference[...]
    if reference.hasSuffix("#") { reference = reference.dropLast() }
    let scheme = reference.prefix {
      $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
    }
    if !scheme.isEmpty, reference.dropFirst(scheme.count).hasPrefix(":") {
      return String(reference)
    }
    let authority = base.firstRange(of: "://").map { range in
      base[..<(base[range.upperBound...].firstIndex(of: "/") ?? base.endIndex)]
    }
    if reference.hasPrefix("/") { return (authority.map(String.init) ?? "") + reference }
    var folder = base.lastIndex(of: "/").map { String(base[...$0]) } ?? ""
    if let authority, folder.count <= authority.count { folder = authority + "/" }
    while reference.hasPrefix("./") { reference = reference.dropFirst(2) }
    while reference.hasPrefix("../") {
      reference = reference.dropFirst(3)
      if let slash = folder.dropLast().lastIndex(of: "/") { folder = String(folder[...slash]) }
    }
    return folder + reference
  }
}
