internal import ChatTemplate

/// Strings of JSON.
enum JSONString {
  /// The text of a JSON string in quotes, nil if it is none.
  static func decoded(_ json: String) -> String? { (try? TemplateValue(json: json))?.string }
}
