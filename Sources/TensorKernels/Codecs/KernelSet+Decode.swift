internal import CTensorKernels
public import QuantCore

extension KernelSet {
  /// Turns whole blocks into values: the same, to the bit, as
  /// ``QuantCore/TensorFormat/decode(_:into:)`` gives, sooner where the set has a kernel.
  ///
  /// - Parameters:
  ///   - blocks: `n * blockBytes` bytes, at any alignment.
  ///   - type: What they hold.
  ///   - values: Room for exactly `n * blockSize` values.
  ///   - streaming: Whether to store past the processor's caches, which is faster where the values
  ///     are more than these hold.
  public func decode(
    _ blocks: RawSpan, as type: TensorType, into values: inout MutableSpan<Float>,
    streaming: Bool = false
  ) {
    let format = type.format
    guard let decode = codecs[type.rawValue]?.decode else {
      format.decode(blocks, into: &values)
      return
    }
    let count = values.count / format.blockSize
    precondition(
      blocks.byteCount == count * format.blockBytes && values.count == count * format.blockSize,
      "whole blocks of \(type.name)")
    CodebookTables.provide(for: type)
    blocks.withUnsafeBytes { blocks in
      values.withUnsafeMutableBufferPointer { values in
        guard let input = blocks.baseAddress, let output = values.baseAddress else { return }
        decode(input.assumingMemoryBound(to: UInt8.self), count, streaming ? 1 : 0, output)
      }
    }
  }
}
