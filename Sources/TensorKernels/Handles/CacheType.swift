public import QuantCore

/// How the elements of cached keys or values are kept.
public enum CacheType: String, CaseIterable, Sendable {
  /// 32-bit floats.
  case f32
  /// IEEE half precision.
  case f16
  /// The upper half of a 32-bit float.
  case bf16
  /// 8 bits, blocks of 32 with one scale, as ``QuantCore/Q8_0``.
  case q8_0
  /// 4 bits, blocks of 32 with one scale, as ``QuantCore/Q4_0``.
  case q4_0

  /// The type of tensors with the same elements.
  public var tensorType: TensorType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .q8_0: .q8_0
    case .q4_0: .q4_0
    }
  }

  /// Bytes of a vector of so many elements: of whole blocks.
  public func byteCount(of elements: Int) -> Int {
    let type = tensorType
    return (elements + type.blockSize - 1) / type.blockSize * type.blockBytes
  }
}

/// How keys are kept, and how values are.
///
/// Queries are rounded to 8 bits, in blocks of 32, where keys are quantized, and to bfloat16 where keys
/// are. Latent attention, whose
/// values are the beginnings of its keys, keeps both as its keys.
public struct CacheTypes: Sendable, Hashable {
  /// The type of keys.
  public var keys: CacheType
  /// The type of values.
  public var values: CacheType

  /// One type for keys, another one for values.
  public init(keys: CacheType, values: CacheType) {
    self.keys = keys
    self.values = values
  }

  /// One type for both.
  public init(_ type: CacheType) { self.init(keys: type, values: type) }

  /// 32-bit floats.
  public static let f32 = CacheTypes(.f32)
  /// IEEE half precision.
  public static let f16 = CacheTypes(.f16)
  /// The upper halves of 32-bit floats.
  public static let bf16 = CacheTypes(.bf16)
  /// 8 bits.
  public static let q8_0 = CacheTypes(.q8_0)
  /// 4 bits.
  public static let q4_0 = CacheTypes(.q4_0)
}

extension CacheTypes: LosslessStringConvertible {
  /// Reads what ``description`` writes: a type, or one for keys and one for values, as in
  /// `q8_0:q4_0`.
  public init?(_ description: String) {
    let names = description.split(separator: ":", omittingEmptySubsequences: false)
    guard names.count <= 2, let keys = names.first.flatMap({ CacheType(rawValue: String($0)) }),
      let values = names.last.flatMap({ CacheType(rawValue: String($0)) })
    else { return nil }
    self.init(keys: keys, values: values)
  }

  /// The types' names.
  public var description: String {
    keys == values ? keys.rawValue : "\(keys.rawValue):\(values.rawValue)"
  }
}
