public import ArgumentParser
import ModelConversion
public import QuantCore

extension TensorType: ExpressibleByArgument {
  /// A type by its name, in any case.
  public init?(argument: String) { self.init(name: argument) }

  /// The types that values can be encoded as.
  public static var allValueStrings: [String] { allCases.map(\.name) }
}

/// A pattern of tensor names and a type: `REGEX=TYPE`.
struct TensorTypeOption: ExpressibleByArgument {
  var pattern: TypeOverrides.Pattern

  init?(argument: String) {
    // A pattern may hold the sign, too; a type does not.
    guard let sign = argument.lastIndex(of: "="),
      let type = TensorType(name: String(argument[argument.index(after: sign)...])),
      let pattern = try? TypeOverrides.Pattern(String(argument[..<sign]), as: type)
    else { return nil }
    self.pattern = pattern
  }
}
