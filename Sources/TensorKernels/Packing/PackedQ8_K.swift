internal import CTensorKernels
internal import QuantCore

/// Blocks of 256 signed bytes with a 32-bit float as scale, which ggml uses for activations only:
/// not worth a kernel, so packed as halves, which round once more.
enum PackedQ8_K: PackedFormat {
  static let kernel = PackedF16.kernel
  static let scalar = PackedF16.scalar
  static let activations = PackedF16.activations
  static let blockSize = 256
  static let blockBytes = 256 * PackedF16.blockBytes

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    let k = blocks * blockSize
    var halves: [UInt16] = []
    var values = [Float](repeating: 0, count: k)
    for row in 0..<count {
      let bytes = UnsafeRawBufferPointer(
        start: rows + row * rowBytes, count: blocks * Q8_K.blockBytes)
      var span = values.mutableSpan
      Q8_K.decode(bytes.bytes, into: &span)
      halves += values.map { HalfPrecision.bits($0) }
    }
    halves.withUnsafeBytes {
      guard let base = $0.baseAddress else { return }
      PackedF16.pack(base, rowBytes: 2 * k, count: count, blocks: k, into: panel, with: kernels)
    }
  }
}
