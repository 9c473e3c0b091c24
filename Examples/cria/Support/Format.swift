import Foundation

/// Numbers for people.
enum Format {
  /// Three digits or so: `1234`, `123`, `12.3`, `1.23`.
  static func rate(_ value: Double) -> String {
    decimal(value, places: value >= 100 ? 0 : value >= 10 ? 1 : 2)
  }

  static func decimal(_ value: Double, places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  static func percent(_ share: Double) -> String { decimal(share * 100, places: 0) + " %" }

  /// `0.42 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
  static func seconds(_ seconds: Double) -> String {
    switch seconds {
    case ..<9.95: return decimal(seconds, places: seconds < 1 ? 2 : 1) + " s"
    case ..<60: return decimal(seconds, places: 0) + " s"
    case ..<3600: return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    default: return "\(Int(min(seconds, 1e9)) / 3600) h \(Int(min(seconds, 1e9)) / 60 % 60) min"
    }
  }

  /// `7.35 MB`: powers of 1000, as disks are sold.
  static func bytes(_ count: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(count)
    var unit = 0
    while value >= 999.5, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) bytes" : "\(rate(value)) \(units[unit])"
  }

  /// `6.9 million`.
  static func quantity(_ count: Int) -> String {
    switch Double(count) {
    case 1e9...: rate(Double(count) / 1e9) + " billion"
    case 1e6...: rate(Double(count) / 1e6) + " million"
    default: "\(count)"
    }
  }

  /// Rows as columns of equal width; the columns in `rightAligned` are numbers.
  static func table(_ rows: [[String]], rightAligned: Set<Int> = []) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if rightAligned.contains(column) { return padding + cell }
        return column == row.count - 1 ? cell : cell + padding
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}

extension Duration {
  var seconds: Double { self / .seconds(1) }
}
