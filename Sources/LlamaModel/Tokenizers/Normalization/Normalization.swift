/// The normalization forms of Unicode (Unicode Standard Annex 15). The standard library knows them,
/// but does not offer them.
enum NormalizationForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  private var isCompatibility: Bool { self == .nfkc || self == .nfkd }
  private var composes: Bool { self == .nfc || self == .nfkc }

  /// A text in this form.
  func normalized(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    // No character below is changed by a form, or starts what another one changes.
    let limit: UInt32 =
      switch self {
      case .nfc: 0x300
      case .nfd: 0xC0
      case .nfkc, .nfkd: 0xA0
      }
    guard text.contains(where: { $0.value >= limit }) else { return text }
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.count + text.count / 8)
    for scalar in text {
      Decompositions.append(scalar, compatibility: isCompatibility, to: &scalars)
    }
    Self.sortMarks(in: &scalars)
    return composes ? Self.compose(scalars) : scalars
  }

  /// The first character of the canonical decomposition.
  static func base(of scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard scalar.value >= 0xC0 else { return scalar }
    var scalars: [Unicode.Scalar] = []
    Decompositions.append(scalar, compatibility: false, to: &scalars)
    return scalars.first ?? scalar
  }

  /// Puts marks that follow each other into the order of their classes.
  private static func sortMarks(in scalars: inout [Unicode.Scalar]) {
    var index = 0
    while index < scalars.count {
      guard combiningClass(scalars[index]) > 0 else {
        index += 1
        continue
      }
      var end = index + 1
      var isSorted = true
      while end < scalars.count, combiningClass(scalars[end]) > 0 {
        if combiningClass(scalars[end]) < combiningClass(scalars[end - 1]) { isSorted = false }
        end += 1
      }
      if !isSorted {
        // The position breaks ties: the sort must be stable.
        let sorted = (index..<end)
          .map { (combiningClass(scalars[$0]), $0) }
          .sorted { $0 < $1 }
          .map { scalars[$0.1] }
        scalars.replaceSubrange(index..<end, with: sorted)
      }
      index = end
    }
  }

  private static func compose(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var starter: Int?
    var lastClass: UInt8 = 0
    for scalar in scalars {
      let current = combiningClass(scalar)
      // A character between of the same or a higher class, or a starter, keeps two apart.
      if let starter, lastClass == 0 ? starter == result.count - 1 : lastClass < current,
        let whole = Decompositions.composition(result[starter], scalar)
      {
        result[starter] = whole
        continue
      }
      if current == 0 { starter = result.count }
      lastClass = current
      result.append(scalar)
    }
    return result
  }

  private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
    scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
  }
}

/// The decompositions by character, and the compositions by pair, read from the table once.
private enum Decompositions {
  private struct Pair: Hashable {
    var first: Unicode.Scalar
    var second: Unicode.Scalar
  }

  private static let canonical = read(NormalizationTable.canonical)
  private static let compatibility = read(NormalizationTable.compatibility)
  private static let compositions: [Pair: Unicode.Scalar] = {
    var compositions: [Pair: Unicode.Scalar] = [:]
    for (scalar, entry) in canonical where entry.composes && entry.scalars.count == 2 {
      compositions[Pair(first: entry.scalars[0], second: entry.scalars[1])] = scalar
    }
    return compositions
  }()

  /// The syllables of Hangul are decomposed by arithmetic (The Unicode Standard, section 3.12).
  private enum Hangul {
    static let syllables: UInt32 = 0xAC00
    static let leads: UInt32 = 0x1100
    static let vowels: UInt32 = 0x1161
    static let trails: UInt32 = 0x11A7
    static let leadCount: UInt32 = 19
    static let vowelCount: UInt32 = 21
    static let trailCount: UInt32 = 28
    static let syllableCount = leadCount * vowelCount * trailCount
  }

  static func append(
    _ scalar: Unicode.Scalar, compatibility isCompatibility: Bool, to result: inout [Unicode.Scalar]
  ) {
    if scalar.value < 0xA0 { return result.append(scalar) }
    if scalar.value >= Hangul.syllables,
      scalar.value < Hangul.syllables + Hangul.syllableCount
    {
      let index = scalar.value - Hangul.syllables
      let rest = index % (Hangul.vowelCount * Hangul.trailCount)
      let parts = [
        Hangul.leads + index / (Hangul.vowelCount * Hangul.trailCount),
        Hangul.vowels + rest / Hangul.trailCount,
        Hangul.trails + rest % Hangul.trailCount,
      ]
      for part in rest % Hangul.trailCount == 0 ? parts[..<2] : parts[...] {
        if let part = Unicode.Scalar(part) { result.append(part) }
      }
      return
    }
    let entry = canonical[scalar] ?? (isCompatibility ? compatibility[scalar] : nil)
    guard let entry else { return result.append(scalar) }
    for part in entry.scalars { append(part, compatibility: isCompatibility, to: &result) }
  }

  static func composition(
    _ first: Unicode.Scalar, _ second: Unicode.Scalar
  ) -> Unicode.Scalar? {
    let (left, right) = (first.value, second.value)
    if (Hangul.leads..<Hangul.leads + Hangul.leadCount).contains(left),
      (Hangul.vowels..<Hangul.vowels + Hangul.vowelCount).contains(right)
    {
      let index =
        ((left - Hangul.leads) * Hangul.vowelCount + right - Hangul.vowels) * Hangul.trailCount
      return Unicode.Scalar(Hangul.syllables + index)
    }
    if (Hangul.syllables..<Hangul.syllables + Hangul.syllableCount).contains(left),
      (left - Hangul.syllables) % Hangul.trailCount == 0,
      (Hangul.trails + 1..<Hangul.trails + Hangul.trailCount).contains(right)
    {
      return Unicode.Scalar(left + right - Hangul.trails)
    }
    return compositions[Pair(first: first, second: second)]
  }

  private static func read(
    _ table: String
  ) -> [Unicode.Scalar: (scalars: [Unicode.Scalar], composes: Bool)] {
    var result: [Unicode.Scalar: (scalars: [Unicode.Scalar], composes: Bool)] = [:]
    for run in table.utf8.split(separator: UInt8(ascii: ";")) {
      let parts = run.split(separator: UInt8(ascii: ":"))
      guard parts.count == 2, var source = number(parts[0]) else { continue }
      for entry in parts[1].split(separator: UInt8(ascii: ",")) {
        let isExcluded = entry.last == UInt8(ascii: "!")
        let scalars = (isExcluded ? entry.dropLast() : entry)
          .split(separator: UInt8(ascii: "+"))
          .compactMap { number($0).flatMap { Unicode.Scalar($0) } }
        if let scalar = Unicode.Scalar(source) { result[scalar] = (scalars, !isExcluded) }
        source += 1
      }
    }
    return result
  }

  private static func number(_ digits: Substring.UTF8View) -> UInt32? {
    UInt32(Substring(digits), radix: 16)
  }
}
