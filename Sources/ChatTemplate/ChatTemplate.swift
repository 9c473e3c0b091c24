/// A chat template: the Jinja language, as the templates of model files use it.
///
/// ```swift
/// let template = try ChatTemplate(source: "{% for m in messages %}{{ m.content }}{% endfor %}")
/// let text = try template.render(["messages": [["role": "user", "content": "Hello"]]])
/// ```
///
/// The language is that of Jinja2 3.1 in the setting of Hugging Face's `apply_chat_template`: line
/// breaks after tags and indentation before them are dropped, `break` and `continue` are there, and
/// so are `generation` blocks, `tojson` that keeps text as it is, `raise_exception` and
/// `strftime_now`. Values behave as Python's do, but integers have 64 bits. Not there are
/// templates that include others, and what is random.
///
/// A template is parsed once and can then be rendered many times, from any thread. What it can do
/// is bounded by ``TemplateLimits``.
public struct ChatTemplate: Sendable {
  /// The text that was parsed.
  public let source: String
  private let bytes: [UInt8]
  private let tree: Tree

  /// Parses a template.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - limits: How long the text may be, and how deep it may nest.
  /// - Throws: ``TemplateError`` with the line and column where the text is not a template.
  public init(source: String, limits: TemplateLimits = .init()) throws(TemplateError) {
    guard source.utf8.count <= limits.templateBytes else {
      throw TemplateError(
        .limitExceeded, "the template is longer than \(limits.templateBytes) bytes")
    }
    self.source = source
    bytes = Lexer.normalized(source)
    tree = try Parser.parse(bytes, limits: limits)
  }

  /// The text that the template makes of a context.
  ///
  /// - Parameters:
  ///   - context: The variables: `messages`, `tools`, `add_generation_prompt`, `bos_token` and
  ///     whatever else the template asks for.
  ///   - options: The time, and how much the template may do.
  /// - Throws: ``TemplateError`` with the line and column where the template failed, among others
  ///   when it says so itself by `raise_exception`.
  public func render(
    _ context: TemplateObject, options: TemplateOptions = .init()
  ) throws(TemplateError) -> String {
    var renderer = try Renderer(tree, context, options)
    defer { renderer.clear() }
    do throws(TemplateError) {
      return try renderer.run(tree.body)
    } catch {
      throw error.located(at: renderer.offset, in: bytes)
    }
  }

  /// The text that the template makes of a context, which must be an object.
  ///
  /// - Throws: ``TemplateError`` as ``render(_:options:)-(TemplateObject,_)``.
  public func render(
    _ context: TemplateValue, options: TemplateOptions = .init()
  ) throws(TemplateError) -> String {
    guard let object = context.object else {
      throw TemplateError(.type, "the context of a template is an object")
    }
    return try render(object, options: options)
  }

  /// Whether the template reads a variable of that name anywhere, to see what it can do.
  public func mentions(_ name: String) -> Bool { tree.names.contains(name) }
}
