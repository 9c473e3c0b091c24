public import ChatTemplate

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How much a model thinks before it answers, where its template offers a choice.
public enum ReasoningEffort: String, Sendable, Hashable, CaseIterable {
  /// As the template does without being told.
  case automatic = "auto"
  /// Not at all.
  case off
  /// As usual.
  case on
  /// Little.
  case low
  /// Some.
  case medium
  /// Much.
  case high

  /// The variables by which a template is told.
  ///
  /// - Parameter mentions: Whether the template reads a variable.
  func variables(_ mentions: (String) -> Bool) -> [(name: String, value: TemplateValue)] {
    if self == .automatic { return [] }
    let switches = ["enable_thinking", "thinking"].filter(mentions)
    var variables: [(name: String, value: TemplateValue)] = switches.map {
      ($0, .boolean(self != .off))
    }
    switch self {
    case .automatic, .on: break
    case .off:
      // Templates with a switch may know no such effort.
      if switches.isEmpty { variables.append(("reasoning_effort", "none")) }
    case .low, .medium, .high:
      variables += ["reasoning_effort", "thinking_effort"].map { ($0, .string(rawValue)) }
    }
    return variables
  }
}

/// What happens to a chat that is longer than the context.
public enum ContextOverflow: Sendable, Hashable {
  /// The response fails with ``ModelError/Code/contextFull``.
  case fail
  /// The oldest turns, but never the instructions, are left out of the prompt until it fits and
  /// leaves room for so many tokens of the answer. The chat's messages stay as they are.
  case leaveOutOldest(reserving: Int)
}

/// How a chat's prompts are made and its answers generated.
public struct ChatOptions: Sendable {
  /// How answers are generated: sampling, constraint, stop texts, the most tokens, the context.
  public var generation: GenerationOptions
  /// How much the model thinks.
  public var reasoning: ReasoningEffort
  /// What happens to a chat that is longer than the context.
  public var overflow: ContextOverflow
  /// Further variables of the template, which replace those of the same name.
  public var variables: TemplateObject
  /// The time that the template is told; without it templates that ask fail, or name a fixed day.
  public var now: TemplateDate?

  /// Creates options; all have defaults.
  public init(
    generation: GenerationOptions = GenerationOptions(), reasoning: ReasoningEffort = .automatic,
    overflow: ContextOverflow = .fail, variables: TemplateObject = TemplateObject(),
    now: TemplateDate? = .current
  ) {
    self.generation = generation
    self.reasoning = reasoning
    self.overflow = overflow
    self.variables = variables
    self.now = now
  }
}

extension TemplateDate {
  /// The time of this computer's clock and zone.
  public static var current: TemplateDate? {
    let parts = Calendar(identifier: .gregorian).dateComponents(
      [.year, .month, .day, .hour, .minute, .second], from: Date())
    return TemplateDate(
      year: parts.year ?? 1, month: parts.month ?? 1, day: parts.day ?? 1, hour: parts.hour ?? 0,
      minute: parts.minute ?? 0, second: parts.second ?? 0)
  }
}
