extension TemplateDate {
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// The time as C's and Python's `strftime` writes it, in English, with the flags `-`, `_`, `0`,
  /// `^` and `#` that the GNU library adds.
  public func formatted(_ format: String) -> String {
    var result = ""
    var rest = format.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      let field = rest
      var flag: Unicode.Scalar?
      if let first = rest.first, "-_0^#".unicodeScalars.contains(first) {
        flag = first
        rest.removeFirst()
      }
      if let code = rest.popFirst(), let text = text(of: code, flag) {
        result += text
      } else {
        result += "%"
        rest = field
      }
    }
    return result
  }

  private func text(of code: Unicode.Scalar, _ flag: Unicode.Scalar?) -> String? {
    let text: String?
    if let (number, width, fill) = number(of: code) {
      let digits = String(number)
      let padding: String =
        switch flag {
        case "-": ""
        case "_": " "
        case "0": "0"
        default: fill
        }
      let missing = max(0, width - digits.utf8.count)
      text = String(repeating: padding, count: missing) + digits
    } else {
      text = words(of: code)
    }
    switch flag {
    case "^": return text?.uppercased()
    case "#": return code == "p" ? text?.lowercased() : text?.uppercased()
    default: return text
    }
  }

  private func number(of code: Unicode.Scalar) -> (number: Int, width: Int, fill: String)? {
    let (isoYear, isoWeek) = isoWeek
    return switch code {
    case "d": (day, 2, "0")
    case "e": (day, 2, " ")
    case "m": (month, 2, "0")
    case "y": (year % 100, 2, "0")
    case "Y": (year, 1, "0")
    case "C": (year / 100, 2, "0")
    case "H": (hour, 2, "0")
    case "k": (hour, 2, " ")
    case "I": ((hour + 11) % 12 + 1, 2, "0")
    case "l": ((hour + 11) % 12 + 1, 2, " ")
    case "M": (minute, 2, "0")
    case "S": (second, 2, "0")
    case "f": (microsecond, 6, "0")
    case "j": (dayOfYear, 3, "0")
    case "w": ((weekday + 1) % 7, 1, "0")
    case "u": (weekday + 1, 1, "0")
    case "U": ((dayOfYear + 6 - (weekday + 1) % 7) / 7, 2, "0")
    case "W": ((dayOfYear + 6 - weekday) / 7, 2, "0")
    case "V": (isoWeek, 2, "0")
    case "G": (isoYear, 1, "0")
    case "g": (isoYear % 100, 2, "0")
    case "s": (secondsSince1970, 1, "0")
    default: nil
    }
  }

  private func words(of code: Unicode.Scalar) -> String? {
    switch code {
    case "a": String(Self.weekdays[weekday].prefix(3))
    case "A": Self.weekdays[weekday]
    case "b", "h": String(Self.months[month - 1].prefix(3))
    case "B": Self.months[month - 1]
    case "p": hour < 12 ? "AM" : "PM"
    case "P": hour < 12 ? "am" : "pm"
    case "c": formatted("%a %b %e %H:%M:%S %Y")
    case "x", "D": formatted("%m/%d/%y")
    case "X", "T": formatted("%H:%M:%S")
    case "F": formatted("%Y-%m-%d")
    case "R": formatted("%H:%M")
    case "r": formatted("%I:%M:%S %p")
    case "z", "Z": ""
    case "n": "\n"
    case "t": "\t"
    case "%": "%"
    default: nil
    }
  }

  /// The week of ISO 8601, and the year that it belongs to.
  private var isoWeek: (year: Int, week: Int) {
    let week = (dayOfYear - weekday + 9) / 7
    if week < 1 { return (year - 1, Self.weeks(ofYear: year - 1)) }
    if week > Self.weeks(ofYear: year) { return (year + 1, 1) }
    return (year, week)
  }

  private static func weeks(ofYear year: Int) -> Int {
    let start = TemplateDate(year: max(1, year), month: 1, day: 1)?.weekday
    return start == 3 || (start == 2 && isLeap(year)) ? 53 : 52
  }
}
