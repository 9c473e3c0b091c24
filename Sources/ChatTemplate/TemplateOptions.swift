/// What a template sees beside its context.
public struct TemplateOptions: Sendable {
  /// The time that `strftime_now` formats; without it the function is not defined.
  public var now: TemplateDate?
  /// Whether templates may call `append`, `pop`, `update` and their like. The usual setting of
  /// such templates forbids it, so that a template cannot change the caller's values; here they
  /// are copies in any case.
  public var allowsMutation: Bool
  /// How much a template may do.
  public var limits: TemplateLimits

  /// Creates options; all have defaults.
  public init(
    now: TemplateDate? = nil, allowsMutation: Bool = false, limits: TemplateLimits = .init()
  ) {
    self.now = now
    self.allowsMutation = allowsMutation
    self.limits = limits
  }
}
