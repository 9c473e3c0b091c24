import GGUFKit
import QuantCore
import TensorKernels

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension QuantizationPlan {
  /// How far the work is.
  public struct Progress: Sendable, Equatable {
    /// Bytes of the source's tensors that are encoded.
    public var completedBytes: Int
    /// Bytes of all its tensors.
    public var totalBytes: Int
    /// The tensor that is being encoded.
    public var tensor: String
  }

  /// Encodes the model and writes it. The file appears under its name when it is complete;
  /// otherwise nothing is left behind.
  ///
  /// Rows are encoded on several threads while earlier ones are written. The result does not
  /// depend on the number of threads. Takes a few dozen megabytes, whatever the model's size.
  /// Blocks: call it from a thread that may.
  ///
  /// - Parameters:
  ///   - url: The file to write.
  ///   - threads: Threads that encode; one per processor unless given.
  ///   - progress: Called now and then.
  ///   - isCancelled: Asked about as often.
  /// - Returns: What became of each tensor.
  /// - Throws: ``ConversionError``: ``ConversionError/Code/notFinite`` at a weight that is no
  ///   number, ``ConversionError/Code/cannotWrite``, ``ConversionError/Code/cancelled``.
  @discardableResult
  public func write(
    to url: URL, threads: Int? = nil, progress: (Progress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws(ConversionError) -> ConversionReport {
    guard url.isFileURL else {
      throw ConversionError(.cannotWrite, "only a file on this computer can be written: \(url)")
    }
    return try write(
      toPath: url.path, threads: threads, progress: progress, isCancelled: isCancelled)
  }

  /// Encodes the model and writes it to the file at a path, as ``write(to:threads:progress:isCancelled:)``.
  @discardableResult
  public func write(
    toPath path: String, threads: Int? = nil, progress: (Progress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws(ConversionError) -> ConversionReport {
    let codec = try Self.codec(threads: threads)
    let writer: PartWriter
    do {
      writer = try PartWriter(
        GGUFWriter(path: path, metadata: metadata, tensors: tensors.map(\.declaration)))
    } catch {
      throw ConversionError(error)
    }
    do throws(ConversionError) {
      let outcomes = try encode(
        into: writer, codec: codec, progress: progress, isCancelled: isCancelled)
      try writer.finish()
      return ConversionReport(byteCount: outputBytes, tensors: outcomes)
    } catch {
      writer.discard()
      throw error
    }
  }

  static func codec(threads: Int?) throws(ConversionError) -> ParallelCodec {
    do throws(BackendError) {
      return try ParallelCodec(threads: threads)
    } catch {
      throw ConversionError(.invalidArgument, error.message)
    }
  }

  private func encode(
    into writer: PartWriter, codec: ParallelCodec, progress: (Progress) -> Void,
    isCancelled: () -> Bool
  ) throws(ConversionError) -> [ConversionReport.Tensor] {
    let total = source.tensors.reduce(0) { $0 + $1.byteCount }
    var completed = 0
    var outcomes: [ConversionReport.Tensor] = []
    for (tensor, target) in zip(source.tensors, tensors) {
      let encoder = TensorEncoder(tensor, as: target.type, quantizer: quantizer, codec: codec)
      var squaredError = 0.0
      for batch in encoder.batches {
        guard !isCancelled() else {
          throw ConversionError(.cancelled, "the conversion was cancelled")
        }
        let encoded: TensorEncoder.Encoded
        do throws(QuantError) {
          encoded = try encoder.encode(batch)
        } catch {
          throw ConversionError(error, tensor: tensor.name)
        }
        squaredError += encoded.squaredError
        try writer.append(encoded.blocks)
        completed += tensor.byteCount / tensor.rows * batch.count
        progress(Progress(completedBytes: completed, totalBytes: total, tensor: tensor.name))
      }
      tensor.discardPages()
      outcomes.append(
        ConversionReport.Tensor(
          name: target.name, sourceType: target.sourceType, type: target.type,
          rootMeanSquaredError: (squaredError / Double(tensor.elementCount)).squareRoot()))
    }
    return outcomes
  }
}
