/// Divides the logits by a temperature that grows with how uncertain the model is: entropy-based
/// dynamic temperature.
///
/// With `h` the entropy divided by its greatest possible value, the temperature is
/// `low + (high - low) * pow(h, exponent)` with `low = max(0, temperature - range)` and
/// `high = temperature + range`.
public struct DynamicTemperature: LogitTransform {
  /// The middle of the range.
  public let temperature: Float
  /// How far the temperature goes to either side; 0 or less makes it a plain ``Temperature``.
  public let range: Float
  /// How the temperature follows the entropy.
  public let exponent: Float

  /// Creates the transform.
  public init(_ temperature: Float, range: Float, exponent: Float = 1) {
    self.temperature = temperature
    self.range = range
    self.exponent = exponent
  }

  /// Divides the logits.
  public func apply(to candidates: inout Candidates) {
    guard range > 0 else { return Temperature(temperature).apply(to: &candidates) }
    guard candidates.count > 1 else { return }
    let greatestEntropy = logarithm(Float(candidates.count))
    let share = candidates.entropy() / greatestEntropy
    let low = max(0, temperature - range)
    let high = temperature + range
    Temperature(low + (high - low) * power(share, exponent)).apply(to: &candidates)
  }
}
