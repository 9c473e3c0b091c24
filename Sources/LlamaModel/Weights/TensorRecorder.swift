import QuantCore
import TensorKernels

/// Notes what an architecture asks for, in place of a file's tensors.
final class TensorRecorder {
  let vocabularySize: Int
  private(set) var tensors: [TensorDescription] = []
  private var names: Set<String> = []

  init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

  /// Of what a family can do without, random models have an output matrix of their own.
  func has(_ name: String) -> Bool { name == "output.weight" }

  /// A tensor of this shape, noted once.
  func source(_ name: String, shape: [Int], as role: WeightRole) -> any TensorSource {
    if names.insert(name).inserted {
      tensors.append(Self.description(name, shape: shape, as: role))
    }
    return Described(name: name, shape: shape)
  }

  private static func description(
    _ name: String, shape: [Int], as role: WeightRole
  ) -> TensorDescription {
    guard role == .vector else {
      return TensorDescription(
        name: name, shape: shape,
        initialization: .normal(deviation: 1 / Float(shape.first ?? 1).squareRoot()))
    }
    let isNorm = name.contains("norm") && name.hasSuffix(".weight")
    return TensorDescription(
      name: name, shape: shape, initialization: isNorm ? .nearOne : .normal(deviation: 0.1))
  }

  /// A tensor without contents.
  private struct Described: TensorSource {
    let name: String
    let shape: [Int]
    var type: TensorType { .f32 }

    func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
      let empty: [UInt8] = []
      return try body(empty.span.bytes)
    }
  }

  /// What stands for a prepared weight.
  final class NoStorage: WeightStorage {
    var byteCount: Int { 0 }
  }
}
