/// How much a template may do. Templates come with model files, so they are not to be trusted.
///
/// Every limit ends in a ``TemplateError`` with the code ``TemplateError/Code/limitExceeded``.
public struct TemplateLimits: Sendable, Hashable {
  /// Bytes of a template's source.
  public var templateBytes = 1 << 20
  /// How deep statements and expressions may nest in the source.
  public var nesting = 100
  /// How deep running macros and recursive loops may nest, counted in the levels of the source
  /// that each of them adds. With ``nesting`` it bounds the stack: by default to less than half a
  /// megabyte in a build with optimization.
  public var callNesting = 300
  /// Work: statements, expressions, iterations, and what strings and lists take to build, where an
  /// element or 16 bytes count as one.
  public var steps = 10_000_000
  /// Bytes of the result.
  public var outputBytes = 64 << 20
  /// Bytes of any string on the way.
  public var stringBytes = 64 << 20
  /// Elements of any list or dict.
  public var elements = 1_000_000
  /// Elements of a `range`.
  public var rangeElements = 100_000
  /// How deep lists and dicts may nest.
  public var valueNesting = 100

  /// Limits that every reasonable template stays far below.
  public init() {}
}
