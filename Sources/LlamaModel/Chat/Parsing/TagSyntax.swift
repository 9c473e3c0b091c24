/// The marks of a format that sets thinking and calls between tags.
struct TagSyntax: Sendable {
  /// What opens and closes thinking.
  var reasoning: [(begin: String, end: String)] = [("<think>", "</think>")]
  /// What opens and closes calls.
  var calls: [CallTag]
  /// Marks that say nothing more, the ends of turns among them.
  var dropped: [String] = []
  /// Whether an answer that is a JSON object, or several, may be calls without any mark.
  var readsBareJSON = false
}

/// One way to mark a call.
struct CallTag: Sendable {
  enum Style: Sendable {
    /// A JSON object with the name, or a list of them.
    case json
    /// The name, a separator, the arguments.
    case named(separators: [String])
    /// A JSON object or list if a bracket comes first, else the name and the arguments.
    case jsonOrNamed(separators: [String])
  }

  /// How arguments that are no JSON become JSON.
  enum Notation: Sendable {
    case json, gemma
  }

  var begin: String
  var ends: [String]
  var style: Style
  var notation = Notation.json
  /// A name that means that no call follows, but text.
  var textName: String?
  /// A first word before the name, which a separator of its own ends.
  var kindWord: String?
  /// What stands between the name and an id, where ids are there.
  var idSeparator: String?

  var separators: [String] {
    switch style {
    case .json: []
    case .named(let separators), .jsonOrNamed(let separators): separators
    }
  }
}
