/// What only the backend that made it can read: a matrix of activations.
public protocol ActivationStorage: AnyObject {}

/// A matrix of float activations `[rows, columns]`, a row per token.
///
/// Used by one thread at a time.
public struct Activations {
  /// Tokens.
  public let rows: Int
  /// Features.
  public let columns: Int
  /// The backend's own form.
  public let storage: any ActivationStorage

  /// Wraps a backend's storage.
  public init(rows: Int, columns: Int, storage: any ActivationStorage) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }
}
