/// A step that rewrites text before it is cut: a `normalizer` of a `tokenizer.json`.
enum NormalizerStep: Sendable {
  case form(NormalizationForm)
  case lowercase
  case stripAccents
  case strip(left: Bool, right: Bool)
  case prepend([UInt8])
  case replace(PatternMatcher, with: [UInt8])
  /// As `replace` for single characters, which need no search.
  case replaceByte(UInt8, with: [UInt8])
  case bert(cleans: Bool, separatesIdeographs: Bool, stripsAccents: Bool, lowercases: Bool)
  case characterMap(CharacterMap)
  case nmt

  /// The steps of a `normalizer`, in order.
  static func steps(_ json: JSONDocument?) throws(ModelError) -> [NormalizerStep] {
    guard let json, !json.isNull else { return [] }
    let type = json["type"]?.string ?? ""
    switch type {
    case "Sequence":
      var steps: [NormalizerStep] = []
      for child in json["normalizers"]?.array ?? [] { steps += try Self.steps(child) }
      return steps
    case "NFC", "NFD", "NFKC", "NFKD":
      return NormalizationForm(rawValue: type).map { [.form($0)] } ?? []
    case "Lowercase": return [.lowercase]
    case "StripAccents": return [.stripAccents]
    case "Nmt": return [.nmt]
    case "Strip":
      return [
        .strip(
          left: json["strip_left"]?.bool ?? true, right: json["strip_right"]?.bool ?? true)
      ]
    case "Prepend": return [.prepend(json["prepend"]?.bytes ?? [])]
    case "Replace":
      let content = json["content"]?.bytes ?? []
      if let text = json["pattern"]?["String"]?.bytes, text.count == 1, text[0] < 0x80 {
        return [.replaceByte(text[0], with: content)]
      }
      return [.replace(try PatternMatcher(json: json["pattern"]), with: content)]
    case "BertNormalizer":
      let lowercases = json["lowercase"]?.bool ?? true
      return [
        .bert(
          cleans: json["clean_text"]?.bool ?? true,
          separatesIdeographs: json["handle_chinese_chars"]?.bool ?? true,
          stripsAccents: json["strip_accents"]?.bool ?? lowercases, lowercases: lowercases)
      ]
    case "Precompiled":
      guard let text = json["precompiled_charsmap"]?.bytes, let bytes = Base64.decode(text) else {
        throw ModelError(.invalidConfiguration, "the precompiled characters are not base 64")
      }
      return [.characterMap(CharacterMap(bytes))]
    default:
      throw ModelError(.unsupportedTokenizer, "the normalizer \"\(type)\" is not supported")
    }
  }

  /// Rewrites a text.
  func apply(_ text: [UInt8]) -> [UInt8] {
    switch self {
    case .form(let form):
      guard text.contains(where: { $0 >= 0x80 }) else { return text }
      return Self.bytes(form.normalized(Self.scalars(text)))
    case .lowercase: return Self.lowercased(text)
    case .stripAccents:
      guard text.contains(where: { $0 >= 0x80 }) else { return text }
      return Self.bytes(Self.scalars(text).filter { CharacterClass.of($0.value) != .mark })
    case .strip(let left, let right):
      var scalars = Self.scalars(text)[...]
      if left { scalars = scalars.drop { $0.properties.isWhitespace } }
      while right, let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
      return Self.bytes(Array(scalars))
    case .prepend(let prefix): return text.isEmpty ? [] : prefix + text
    case .replaceByte(let byte, let content):
      guard text.contains(byte) else { return text }
      var result: [UInt8] = []
      result.reserveCapacity(text.count * 2)
      for next in text {
        if next == byte { result += content } else { result.append(next) }
      }
      return result
    case .replace(let matcher, let content):
      var result: [UInt8] = []
      var index = 0
      for match in matcher.matches(in: text.span) {
        result += text[index..<match.lowerBound] + content
        index = match.upperBound
      }
      return result + text[index...]
    case .bert(let cleans, let separates, let strips, let lowercases):
      return Self.bert(
        text, cleans: cleans, separatesIdeographs: separates, stripsAccents: strips,
        lowercases: lowercases)
    case .characterMap(let map): return Self.apply(map, to: text)
    case .nmt: return Self.nmt(text)
    }
  }

  private static func scalars(_ text: [UInt8]) -> [Unicode.Scalar] {
    Array(String(decoding: text, as: UTF8.self).unicodeScalars)
  }

  private static func bytes(_ scalars: [Unicode.Scalar]) -> [UInt8] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return Array(String(view).utf8)
  }

  private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .nonspacingMark
  }

  private static func lowercased(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 }) else {
      return text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for scalar in scalars(text) { result += scalar.properties.lowercaseMapping.utf8 }
    return result
  }

  private static func bert(
    _ text: [UInt8], cleans: Bool, separatesIdeographs: Bool, stripsAccents: Bool, lowercases: Bool
  ) -> [UInt8] {
    var result: [Unicode.Scalar] = []
    for scalar in scalars(text) {
      var scalar = scalar
      if cleans {
        if scalar == "\0" || scalar == "\u{FFFD}" || isControl(scalar) { continue }
        if scalar.properties.isWhitespace { scalar = " " }
      }
      if separatesIdeographs, WordPieceTokenizer.isIdeograph(scalar.value) {
        result += [" ", scalar, " "]
      } else {
        result.append(scalar)
      }
    }
    if stripsAccents {
      result = NormalizationForm.nfd.normalized(result).filter { !isAccent($0) }
    }
    return lowercases ? lowercased(bytes(result)) : bytes(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\t" || scalar == "\n" || scalar == "\r" { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .privateUse: true
    default: false
    }
  }

  /// As Hugging Face's library does it: by characters as users see them, if they are short, or else
  /// by scalars, and the shortest string in the table that one starts with counts for all of it.
  private static func apply(_ map: CharacterMap, to text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for character in String(decoding: text, as: UTF8.self) {
      let bytes = Array(character.utf8)
      if bytes.count < 6, let replacement = map.shortestMatch(in: bytes.span) {
        result += replacement
        continue
      }
      for scalar in character.unicodeScalars {
        let part = UTF8.encode(scalar).map { Array($0) } ?? []
        result += map.shortestMatch(in: part.span) ?? part[...]
      }
    }
    return result
  }

  private static func nmt(_ text: [UInt8]) -> [UInt8] {
    var result: [Unicode.Scalar] = []
    for scalar in scalars(text) {
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: continue
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        result.append(" ")
      default: result.append(scalar)
      }
    }
    return bytes(result)
  }
}

extension PatternMatcher {
  /// The matcher of a `pattern`: `{"String": …}` or `{"Regex": …}`.
  init(json: JSONDocument?) throws(ModelError) {
    if let text = json?["String"]?.string {
      self.init(literal: text)
    } else if let pattern = json?["Regex"]?.string {
      try self.init(pattern)
    } else {
      throw ModelError(.invalidConfiguration, "a pattern is neither a string nor an expression")
    }
  }
}

/// Base 64 (RFC 4648).
enum Base64 {
  /// The bytes of a text; `nil` where it is malformed.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      let value: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 0x41
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 0x61 + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="): continue
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return result
  }
}
