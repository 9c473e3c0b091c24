/// The name of a metadata entry and the type that its value is read as.
///
/// A key can be relative to the model's architecture: ``contextLength`` stands for
/// `llama.context_length` in a file whose `general.architecture` is `llama`.
public struct MetadataKey<Value: GGUFConvertible>: Sendable, Hashable {
  /// The name, without the architecture where it is relative to one.
  public let name: String

  /// Whether the architecture and a dot come before the name.
  public let isArchitectureRelative: Bool

  /// A key with a fixed name, such as `general.name`.
  public init(_ name: String) {
    self.name = name
    isArchitectureRelative = false
  }

  /// A key whose full name starts with the architecture, such as `context_length`.
  public init(relative name: String) {
    self.name = name
    isArchitectureRelative = true
  }

  /// The full name in a file of an architecture.
  public func fullName(architecture: String) -> String {
    isArchitectureRelative ? "\(architecture).\(name)" : name
  }
}
