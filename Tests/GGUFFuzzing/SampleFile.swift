public import GGUFKit
public import QuantCore
import TestSupport

/// A small file with every kind of metadata value and every type that has a codec.
public enum SampleFile {
  /// The file, still to be written.
  ///
  /// - Parameter seed: of the tensors' values.
  public static func builder(
    seed: UInt64 = 1, options: GGUFWriter.Options = .init()
  ) throws(QuantError) -> GGUFBuilder {
    GGUFBuilder(metadata: metadata, tensors: try tensors(seed: seed), options: options)
  }

  private static var metadata: GGUFMetadata {
    [
      "general.architecture": .string("sample"),
      "general.name": .string("Sämple"),
      "sample.block_count": .uint32(2),
      "sample.rope.freq_base": .float32(10_000),
      "sample.attention.head_count_kv": .array(.int32([4, 2])),
      "value.uint8": .uint8(255),
      "value.int8": .int8(-128),
      "value.uint16": .uint16(65_535),
      "value.int16": .int16(-32_768),
      "value.uint32": .uint32(.max),
      "value.int32": .int32(.min),
      "value.float32": .float32(-0.1),
      "value.true": .bool(true),
      "value.false": .bool(false),
      "value.uint64": .uint64(.max),
      "value.int64": .int64(.min),
      "value.float64": .float64(0.1),
      "value.empty": .string(""),
      "array.uint8": .array(.uint8([0, 255])),
      "array.int8": .array(.int8([-128, 127])),
      "array.uint16": .array(.uint16([0, 65_535])),
      "array.int16": .array(.int16([-32_768, 32_767])),
      "array.uint32": .array(.uint32([0, .max])),
      "array.int32": .array(.int32([.min, .max])),
      "array.float32": .array(.float32([0.5, -1e30])),
      "array.bool": .array(.bool([true, false, true])),
      "array.string": .array(.string(["a", "", "ü", "longer"])),
      "array.uint64": .array(.uint64([0, .max])),
      "array.int64": .array(.int64([.min, .max])),
      "array.float64": .array(.float64([0.1, -1e300])),
      "array.array": .array(.array([.int32([1, 2]), .int32([3])])),
    ]
  }

  private static func tensors(seed: UInt64) throws(QuantError) -> [InMemoryTensor] {
    var random = SeededRandom(seed: seed)
    var tensors: [InMemoryTensor] = []
    for type in TensorType.allCases {
      tensors.append(
        try InMemoryTensor(
          name: "tensor.\(type.name)", shape: [256, 2], values: random.gaussian(count: 512),
          as: type))
    }
    tensors.append(
      try InMemoryTensor(name: "tensor.short", shape: [3, 1, 2], values: [1, 2, 3, 4, 5, 6]))
    return tensors
  }
}
