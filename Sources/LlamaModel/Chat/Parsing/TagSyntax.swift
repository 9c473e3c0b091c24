/// A format that sets thinking and calls between tags.
public protocol TagFormat: ChatFormat {
  /// The tags.
  var syntax: TagSyntax { get }
}

extension TagFormat {
  /// All tags.
  public var marks: [String] { syntax.marks }

  /// A parser for one answer.
  public func makeParser(prompt: String, tools: [ToolDefinition]) -> any ChatParser {
    TagParser(syntax, prompt: prompt, tools: tools)
  }
}

/// The marks of a format that sets thinking and calls between tags.
public struct TagSyntax: Sendable {
  /// What opens and closes thinking.
  public var reasoning: [(begin: String, end: String)]
  /// What opens and closes calls.
  public var calls: [CallTag]
  /// Marks that say nothing more, the ends of turns among them.
  public var dropped: [String]
  /// What an answer may begin with that is a call without any mark.
  public var bareCalls: BareCalls

  /// Calls without a mark before them.
  public struct BareCalls: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int

    /// Creates a value from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A JSON object, or several, or a list of them.
    public static let json = BareCalls(rawValue: 1)
    /// A list of calls as Python has them.
    public static let python = BareCalls(rawValue: 2)
  }

  /// A syntax.
  public init(
    reasoning: [(begin: String, end: String)] = [("<think>", "</think>")], calls: [CallTag] = [],
    dropped: [String] = [], bareCalls: BareCalls = []
  ) {
    self.reasoning = reasoning
    self.calls = calls
    self.dropped = dropped
    self.bareCalls = bareCalls
  }

  /// All marks.
  var marks: [String] {
    reasoning.flatMap { [$0.begin, $0.end] } + calls.flatMap(\.marks) + dropped
  }
}

/// One way to mark a call.
public struct CallTag: Sendable {
  /// What stands between the marks.
  public enum Style: Sendable {
    /// A JSON object with the name and the arguments, or a list of them.
    case json
    /// A JSON object whose keys are names and whose values are arguments, or a list of them.
    case keyed
    /// The name, a separator, the arguments.
    case named(separators: [String])
    /// A JSON object or list if a bracket comes first, else the name and the arguments.
    case jsonOrNamed(separators: [String])
    /// Calls as Python has them, or JSON.
    case python
  }

  /// How arguments become JSON.
  public enum Notation: Sendable {
    /// They are JSON.
    case json
    /// Gemma's notation.
    case gemma
    /// An element for each; they may be JSON, too.
    case elements(ArgumentElements)
  }

  /// What opens a call.
  public var begin: String
  /// What closes it; the end of the answer does, too.
  public var ends: [String]
  /// What stands between.
  public var style: Style
  /// How the arguments are written.
  public var notation: Notation
  /// A name that means that no call follows, but text.
  public var textName: String?
  /// A first word before the name, which a separator of its own ends.
  public var kindWord: String?
  /// What stands between the name and an id, where ids are there.
  public var idSeparator: String?
  /// Takes the name and the id out of what stands for the name, where that is more.
  public var naming: (@Sendable (String) -> (name: String, id: String))?

  /// A way to mark calls.
  public init(
    begin: String, ends: [String], style: Style, notation: Notation = .json,
    textName: String? = nil, kindWord: String? = nil, idSeparator: String? = nil,
    naming: (@Sendable (String) -> (name: String, id: String))? = nil
  ) {
    self.begin = begin
    self.ends = ends
    self.style = style
    self.notation = notation
    self.textName = textName
    self.kindWord = kindWord
    self.idSeparator = idSeparator
    self.naming = naming
  }

  /// The elements of arguments, where they are written so.
  var elements: ArgumentElements? {
    if case .elements(let elements) = notation { elements } else { nil }
  }

  /// What ends the name.
  var separators: [String] {
    switch style {
    case .json, .keyed, .python: []
    case .named(let separators), .jsonOrNamed(let separators): separators
    }
  }

  /// All marks.
  var marks: [String] {
    [begin] + ends + separators + [idSeparator].compactMap(\.self) + (elements?.marks ?? [])
  }
}

/// How an argument is written as an element: `begin NAME nameEnd … valueBegin VALUE valueEnd`.
///
/// What stands between a name and its value may say `string="true"` or `type="string"`, or that the
/// value is none.
public struct ArgumentElements: Sendable {
  /// What precedes a name.
  public var begin: String
  /// What follows it.
  public var nameEnd: String
  /// What precedes the value; nothing if it follows at once.
  public var valueBegin: String
  /// What follows it.
  public var valueEnd: String

  /// Elements.
  public init(begin: String, nameEnd: String, valueBegin: String = "", valueEnd: String) {
    self.begin = begin
    self.nameEnd = nameEnd
    self.valueBegin = valueBegin
    self.valueEnd = valueEnd
  }

  /// `<parameter=name>value</parameter>`
  public static let qwen = ArgumentElements(
    begin: "<parameter=", nameEnd: ">", valueEnd: "</parameter>")

  /// `<parameter name="name">value</parameter>`, with a prefix before the element's name.
  public static func named(_ element: String = "parameter", prefix: String = "") -> Self {
    ArgumentElements(
      begin: "<\(prefix)\(element) name=\"", nameEnd: "\"", valueBegin: ">",
      valueEnd: "</\(prefix)\(element)>")
  }

  /// `<arg_key>name</arg_key><arg_value>value</arg_value>`, with a suffix of the elements' names.
  public static func pairs(suffix: String = "") -> Self {
    ArgumentElements(
      begin: "<arg_key\(suffix)>", nameEnd: "</arg_key\(suffix)>",
      valueBegin: "<arg_value\(suffix)>", valueEnd: "</arg_value\(suffix)>")
  }

  var marks: [String] { [begin, nameEnd, valueBegin, valueEnd].filter { $0.count > 1 } }
}
