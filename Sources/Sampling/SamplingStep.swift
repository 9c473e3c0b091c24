/// The steps of a chain made from ``SamplingOptions``, by the names that llama.cpp gives them.
public enum SamplingStep: String, Sendable, CaseIterable, Codable {
  /// ``RepetitionPenalties``.
  case penalties
  /// ``DontRepeatYourself``.
  case dry
  /// ``TopNSigma``.
  case topNSigma = "top_n_sigma"
  /// ``TopK``.
  case topK = "top_k"
  /// ``TypicalP``.
  case typicalP = "typ_p"
  /// ``TopP``.
  case topP = "top_p"
  /// ``MinP``.
  case minP = "min_p"
  /// ``ExcludeTopChoices``.
  case xtc
  /// ``Temperature`` or ``DynamicTemperature``.
  case temperature

  /// The order of llama.cpp.
  public static let standardOrder: [SamplingStep] = allCases
}
