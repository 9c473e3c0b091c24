/// A time of the calendar, as `strftime_now` sees it.
public struct TemplateDate: Sendable, Hashable {
  /// The year, month (1 to 12) and day (1 to 31).
  public var year: Int, month: Int, day: Int
  /// The hour, minute and second.
  public var hour: Int, minute: Int, second: Int
  /// Millionths of a second.
  public var microsecond: Int

  /// Creates a time.
  ///
  /// - Returns: nil for a time that the calendar does not have; years go from 1 to 9999.
  public init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    microsecond: Int = 0
  ) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...Self.days(ofMonth: month, year: year)).contains(day), (0..<24).contains(hour),
      (0..<60).contains(minute), (0..<60).contains(second), (0..<1_000_000).contains(microsecond)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
    self.microsecond = microsecond
  }

  /// Reads `2026-11-21`, `2026-11-21T09:30:00` or `2026-11-21 09:30:00.5`; nil for anything else.
  /// A zone at the end, as in `Z` or `+01:00`, is ignored.
  public init?(iso8601 text: String) {
    let bytes = text.bytes
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count,
        bytes[start..<start + count].allSatisfy({ 48...57 ~= $0 })
      else { return nil }
      return Int(bytes[start..<start + count].text)
    }
    func has(_ character: Unicode.Scalar, at index: Int) -> Bool {
      index < bytes.count && UInt32(bytes[index]) == character.value
    }
    guard let year = number(0, 4), has("-", at: 4), let month = number(5, 2), has("-", at: 7),
      let day = number(8, 2)
    else { return nil }
    if bytes.count == 10 {
      self.init(year: year, month: month, day: day)
      return
    }
    guard has("T", at: 10) || has(" ", at: 10), let hour = number(11, 2), has(":", at: 13),
      let minute = number(14, 2)
    else { return nil }
    var second = 0
    var microsecond = 0
    if has(":", at: 16) {
      guard let seconds = number(17, 2) else { return nil }
      second = seconds
      if has(".", at: 19) {
        let digits = bytes[20...].prefix { 48...57 ~= $0 }.prefix(6)
        microsecond = Int((digits.text + "000000").prefix(6)) ?? 0
      }
    }
    self.init(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second,
      microsecond: microsecond)
  }

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func days(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  /// The day of the year, from 1.
  var dayOfYear: Int {
    (1..<month).reduce(day) { $0 + Self.days(ofMonth: $1, year: year) }
  }

  /// Days since the first of January of year 1, which was a Monday.
  private var days: Int {
    let years = year - 1
    return years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear - 1
  }

  /// The day of the week: 0 is Monday.
  var weekday: Int { days % 7 }

  /// Seconds since 1970, as if the time were in UTC.
  var secondsSince1970: Int {
    ((days - 719_162) * 24 + hour) * 3600 + minute * 60 + second
  }
}
