internal import CTensorKernels
public import QuantCore

/// Quantizes activations with the kernels of an instruction set: the same codes, scales and sums, to
/// the bit, as ``QuantCore/DynamicQuantization`` gives, sooner.
public struct DynamicQuantizer: Sendable {
  /// The kernels in use.
  public let kernels: KernelSet

  /// A quantizer with a kernel set of this machine.
  public init(kernels: KernelSet = .best) { self.kernels = kernels }

  /// Quantizes values, as ``QuantCore/DynamicQuantization/quantize(_:in:)`` does.
  ///
  /// - Throws: ``QuantCore/QuantError/Code/partialBlock``.
  public func quantize(
    _ values: Span<Float>, in block: DynamicQuantization.Block
  ) throws(QuantError) -> QuantizedActivations {
    try DynamicQuantization.check(count: values.count, in: block)
    var codes = [Int8](repeating: 0, count: values.count)
    var scales = [Float](repeating: 0, count: values.count / block.rawValue)
    var sums = [Int16](repeating: 0, count: values.count / 16)
    let table = kernels.table.pointee
    let quantize =
      switch block {
      case .q8_0: table.quantize32
      case .q8K: table.quantize256
      }
    values.withUnsafeBufferPointer { values in
      codes.withUnsafeMutableBufferPointer { codes in
        scales.withUnsafeMutableBufferPointer { scales in
          sums.withUnsafeMutableBufferPointer { sums in
            guard let x = values.baseAddress, let codes = codes.baseAddress,
              let scales = scales.baseAddress, let sums = sums.baseAddress
            else { return }
            quantize(x, values.count, codes, scales, sums)
          }
        }
      }
    }
    return try QuantizedActivations(block: block, codes: codes, scales: scales, sums: sums)
  }
}
