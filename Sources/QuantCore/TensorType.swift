/// How the values of a tensor are stored. The raw value is the type's number in GGUF files.
///
/// Every type that ggml 0.25 can name is here, so that a file can be listed and copied even
/// where ``format`` has no codec for one of its tensors.
public enum TensorType: UInt32, CaseIterable, Sendable, Hashable {
  /// 32-bit floating point.
  case f32 = 0
  /// IEEE half precision.
  case f16 = 1
  /// 4 bits, blocks of 32 with a scale.
  case q4_0 = 2
  /// 4 bits, blocks of 32 with a scale and a minimum.
  case q4_1 = 3
  /// 5 bits, blocks of 32 with a scale.
  case q5_0 = 6
  /// 5 bits, blocks of 32 with a scale and a minimum.
  case q5_1 = 7
  /// 8 bits, blocks of 32 with a scale.
  case q8_0 = 8
  /// 8 bits, blocks of 32 with a scale and a sum; an operand of dot products.
  case q8_1 = 9
  /// 2 bits, blocks of 256 with scales and minimums of 16.
  case q2K = 10
  /// 3 bits, blocks of 256 with scales of 16.
  case q3K = 11
  /// 4 bits, blocks of 256 with scales and minimums of 32.
  case q4K = 12
  /// 5 bits, blocks of 256 with scales and minimums of 32.
  case q5K = 13
  /// 6 bits, blocks of 256 with scales of 16.
  case q6K = 14
  /// 8 bits, blocks of 256 with a scale and sums of 16; an operand of dot products.
  case q8K = 15
  /// 2.06 bits, a lattice codebook of 8 values.
  case iq2XXS = 16
  /// 2.31 bits, a lattice codebook of 8 values with scales of 16.
  case iq2XS = 17
  /// 3.06 bits, a lattice codebook of 4 values.
  case iq3XXS = 18
  /// 1.56 bits, a ternary codebook of 8 values.
  case iq1S = 19
  /// 4 bits, blocks of 32, sixteen uneven levels.
  case iq4NL = 20
  /// 3.44 bits, a lattice codebook of 4 values with stored signs.
  case iq3S = 21
  /// 2.56 bits, a lattice codebook of 8 values with stored signs.
  case iq2S = 22
  /// 4.25 bits, blocks of 256, sixteen uneven levels with scales of 32.
  case iq4XS = 23
  /// 8-bit integers.
  case i8 = 24
  /// 16-bit integers.
  case i16 = 25
  /// 32-bit integers.
  case i32 = 26
  /// 64-bit integers.
  case i64 = 27
  /// 64-bit floating point.
  case f64 = 28
  /// 1.75 bits, a ternary codebook of 8 values with scales of 16.
  case iq1M = 29
  /// The upper half of a 32-bit floating-point number.
  case bf16 = 30
  /// 1.69 bits, five ternary values in a byte.
  case tq1_0 = 34
  /// 2.06 bits, four ternary values in a byte.
  case tq2_0 = 35
  /// 4-bit floating point (E2M1), blocks of 32 with a power-of-two scale.
  case mxfp4 = 39
  /// 4-bit floating point (E2M1), blocks of 64 with an 8-bit floating-point scale for each 16.
  case nvfp4 = 40
  /// 1 bit, blocks of 128 with a scale.
  case q1_0 = 41
  /// 2 bits, blocks of 64 with a scale.
  case q2_0 = 42
}

extension TensorType {
  /// The type with a GGUF number.
  ///
  /// - Throws: ``QuantError/Code/removedType`` for a number that older files used
  ///   and ggml gave up, ``QuantError/Code/unknownType`` for any other unknown one.
  public init(ggufID id: UInt32) throws(QuantError) {
    if let type = TensorType(rawValue: id) {
      self = type
      return
    }
    if let removed = Self.removed[id] {
      throw QuantError(
        .removedType,
        "tensor type \(id) (\(removed)) was removed from GGUF; convert the model again",
        at: .typeID(id))
    }
    throw QuantError(
      .unknownType,
      "tensor type \(id) is unknown; the file may be newer than this library",
      at: .typeID(id))
  }

  /// The type with a name such as `Q4_K`, in any case; `nil` if there is none.
  public init?(name: String) {
    let upper = name.uppercased()
    guard let type = Self.allCases.first(where: { $0.name == upper }) else { return nil }
    self = type
  }

  /// Numbers that were once types: early block formats, and layouts that are now made at load.
  private static let removed: [UInt32: String] = [
    4: "Q4_2", 5: "Q4_3",
    31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8",
    36: "IQ4_NL_4_4", 37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8",
  ]
}

extension TensorType: CustomStringConvertible {
  /// The type's name, such as `Q4_K`.
  public var description: String { name }
}
