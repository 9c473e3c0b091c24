public import QuantCore

/// Encodes and decodes whole tensors, rows on several threads.
///
/// The result does not depend on the number of threads.
public final class ParallelCodec: Sendable {
  /// The kernels in use.
  public let kernels: KernelSet
  /// Threads that work, the caller's included.
  public var threadCount: Int { pool.threadCount }

  private let pool: WorkerPool

  /// Values that a thread takes at a time: few enough to stay in its cache.
  private static let valuesPerTask = 1 << 14
  /// Bytes of decoded values from which on they are stored past the caches.
  private static let streamingBytes = 8 << 20

  /// A codec with its own threads.
  ///
  /// - Parameters:
  ///   - threads: How many threads work; one per available processor unless given.
  ///   - kernels: The kernel set, one of this processor's; ``KernelSet/preferred()`` unless given.
  /// - Throws: ``BackendError/Code-swift.struct/unavailable`` when `CRIA_KERNELS` names a set that
  ///   is not there or the number of threads is not from 1 to 1024.
  public init(threads: Int? = nil, kernels: KernelSet? = nil) throws(BackendError) {
    let kernels = if let kernels { kernels } else { try KernelSet.preferred() }
    if let threads, !(1...1024).contains(threads) {
      throw BackendError(.unavailable, "\(threads) threads; choose 1 to 1024")
    }
    self.kernels = kernels
    pool = WorkerPool(threadCount: threads ?? availableProcessors)
  }

  /// Calls `body` once for each task below `tasks`, from several threads, and returns when all calls
  /// have returned.
  package func concurrently(tasks: Int, _ body: (_ task: Int) -> Void) {
    pool.run(tasks: tasks) { task, _ in body(task) }
  }

  /// Encodes rows of a tensor.
  ///
  /// - Parameters:
  ///   - values: `rows.count` rows of `rows.columns` values.
  ///   - rows: Which rows of which tensor they are, and the type to encode them as.
  ///   - importance: A weight for each column, or `nil` when all matter alike.
  ///   - quantizer: What encodes; ``KernelQuantizer`` unless given.
  ///   - blocks: Room for exactly the rows' blocks.
  /// - Throws: What the quantizer throws, for the first row that fails.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>? = nil,
    with quantizer: (any Quantizer)? = nil, into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    let quantizer = quantizer ?? KernelQuantizer(kernels: kernels)
    let rowBytes = rows.count > 0 ? blocks.byteCount / rows.count : 0
    precondition(values.count == rows.count * rows.columns, "values for all rows")
    let step = max(1, Self.valuesPerTask / max(1, rows.columns))
    let tasks = (rows.count + step - 1) / step
    let failures = TaskFailures()
    var weights: [Float]?
    if let importance { weights = (0..<importance.count).map { importance[$0] } }
    values.withUnsafeBufferPointer { input in
      blocks.withUnsafeMutableBytes { output in
        pool.run(tasks: tasks) { task, _ in
          let range = task * step..<min((task + 1) * step, rows.count)
          var part = rows
          part.firstRow += range.lowerBound
          part.count = range.count
          let values = UnsafeBufferPointer(
            rebasing: input[range.lowerBound * rows.columns..<range.upperBound * rows.columns])
          var blocks = MutableRawSpan(
            _unsafeBytes: UnsafeMutableRawBufferPointer(
              rebasing: output[range.lowerBound * rowBytes..<range.upperBound * rowBytes]))
          do throws(QuantError) {
            try quantizer.encode(
              values.span, of: part, importance: weights?.span, into: &blocks)
          } catch {
            failures.record(error, task: task)
          }
        }
      }
    }
    if let failure = failures.first { throw failure }
  }

  /// Turns whole blocks into values.
  ///
  /// - Parameters:
  ///   - blocks: `n * blockBytes` bytes, at any alignment.
  ///   - type: What they hold.
  ///   - values: Room for exactly `n * blockSize` values.
  public func decode(
    _ blocks: RawSpan, as type: TensorType, into values: inout MutableSpan<Float>
  ) {
    let count = values.count / type.blockSize
    precondition(
      blocks.byteCount == count * type.blockBytes && values.count == count * type.blockSize,
      "whole blocks of \(type.name)")
    let step = max(1, Self.valuesPerTask / type.blockSize)
    let streaming = 4 * values.count >= Self.streamingBytes
    blocks.withUnsafeBytes { input in
      values.withUnsafeMutableBytes { output in
        pool.run(tasks: (count + step - 1) / step) { task, _ in
          let range = task * step..<min((task + 1) * step, count)
          let size = 4 * type.blockSize
          let part = UnsafeRawBufferPointer(
            rebasing: input[range.lowerBound * type.blockBytes..<range.upperBound * type.blockBytes]
          )
          var values = UnsafeMutableRawBufferPointer(
            rebasing: output[range.lowerBound * size..<range.upperBound * size]
          ).assumingMemoryBound(to: Float.self).mutableSpan
          kernels.decode(part.bytes, as: type, into: &values, streaming: streaming)
        }
      }
    }
  }
}
