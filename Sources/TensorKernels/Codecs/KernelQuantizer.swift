internal import CTensorKernels
public import QuantCore

/// Encodes each row by itself with the kernels of an instruction set: the same blocks, to the bit,
/// as ``QuantCore/FormatQuantizer`` makes, sooner.
///
/// Types without an encoder in the set are left to their plain Swift formats.
public struct KernelQuantizer: Quantizer {
  /// The kernels in use.
  public let kernels: KernelSet

  /// A quantizer with a kernel set of this machine.
  public init(kernels: KernelSet = .best) { self.kernels = kernels }

  /// Every type can be made.
  public func supports(_ type: TensorType) -> Bool { true }

  /// Encodes some rows, as ``QuantCore/TensorFormat/encode(_:importance:into:)`` does.
  ///
  /// - Throws: ``QuantCore/QuantError/Code/notFinite``.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    try rows.checkFinite(values)
    let format = rows.type.format
    guard let encode = kernels.codecs[rows.type.rawValue]?.encode else {
      format.encode(values, importance: importance, into: &blocks)
      return
    }
    CodebookTables.provide(for: rows.type)
    CodebookTables.provideNear(for: rows.type)
    let count = values.count / format.blockSize
    precondition(
      blocks.byteCount == count * format.blockBytes && values.count == count * format.blockSize,
      "whole blocks of \(rows.type.name)")
    let rowBlocks = rows.columns / format.blockSize
    if let importance {
      precondition(
        importance.count == rows.columns && rowBlocks * format.blockSize == rows.columns,
        "an importance weight for each column")
    }
    values.withUnsafeBufferPointer { values in
      blocks.withUnsafeMutableBytes { blocks in
        guard let input = values.baseAddress, let output = blocks.baseAddress else { return }
        let bytes = output.assumingMemoryBound(to: UInt8.self)
        if let importance {
          importance.withUnsafeBufferPointer {
            encode(input, count, $0.baseAddress, rowBlocks, bytes)
          }
        } else {
          encode(input, count, nil, rowBlocks, bytes)
        }
      }
    }
  }
}
