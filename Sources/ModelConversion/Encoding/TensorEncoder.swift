import QuantCore
import TensorKernels

/// Turns a tensor's rows into blocks of another type, on several threads.
struct TensorEncoder {
  private let tensor: any TensorSource
  private let type: TensorType
  private let quantizer: any Quantizer
  private let codec: ParallelCodec
  private let rowsPerTask: Int
  private let rowsPerBatch: Int

  /// Some rows' blocks.
  struct Encoded {
    var blocks: [UInt8]
    /// The sum of all values' squared differences.
    var squaredError: Double
  }

  /// Values that a thread encodes in one go: few enough to stay in its cache.
  private static let valuesPerTask = 1 << 14
  /// Values whose blocks are in memory together.
  private static let valuesPerBatch = 1 << 22

  init(
    _ tensor: any TensorSource, as type: TensorType, quantizer: (any Quantizer)?,
    codec: ParallelCodec
  ) {
    self.tensor = tensor
    self.type = type
    self.quantizer = quantizer ?? KernelQuantizer(kernels: codec.kernels)
    self.codec = codec
    rowsPerTask = max(1, Self.valuesPerTask / tensor.columns)
    rowsPerBatch = max(1, Self.valuesPerBatch / tensor.columns / rowsPerTask) * rowsPerTask
  }

  /// The rows, cut into batches.
  var batches: [Range<Int>] {
    stride(from: 0, to: tensor.rows, by: rowsPerBatch).map {
      $0..<min($0 + rowsPerBatch, tensor.rows)
    }
  }

  /// Encodes one batch.
  ///
  /// - Throws: What the quantizer throws, for the first row that fails.
  func encode(_ rows: Range<Int>) throws(QuantError) -> Encoded {
    let tasks = stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerTask).map {
      $0..<min($0 + rowsPerTask, rows.upperBound)
    }
    let rowBytes = tensor.columns / type.blockSize * type.blockBytes
    let outcomes = Outcomes(count: tasks.count)
    let blocks = [UInt8](unsafeUninitializedCapacity: rowBytes * rows.count) { buffer, count in
      buffer.initialize(repeating: 0)
      count = buffer.count
      let output = UnsafeMutableRawBufferPointer(buffer)
      tensor.withBytes { source in
        source.withUnsafeBytes { source in
          let sourceBytes = source.count / tensor.rows
          codec.concurrently(tasks: tasks.count) { task in
            let part = tasks[task]
            let start = (part.lowerBound - rows.lowerBound) * rowBytes
            outcomes[task] = encode(
              part,
              from: source[part.lowerBound * sourceBytes..<part.upperBound * sourceBytes],
              to: output[start..<start + part.count * rowBytes])
          }
        }
      }
    }
    var squaredError = 0.0
    for outcome in outcomes.all { squaredError += try outcome.get() }
    return Encoded(blocks: blocks, squaredError: squaredError)
  }

  private func encode(
    _ rows: Range<Int>, from source: Slice<UnsafeRawBufferPointer>,
    to output: Slice<UnsafeMutableRawBufferPointer>
  ) -> Result<Double, QuantError> {
    let source = UnsafeRawBufferPointer(rebasing: source)
    let output = UnsafeMutableRawBufferPointer(rebasing: output)
    let description = TensorRows(
      tensor: tensor.name, type: type, columns: tensor.columns, firstRow: rows.lowerBound,
      count: rows.count)
    do throws(QuantError) {
      let values = decode(source.bytes, type: tensor.type, count: rows.count)
      guard type != tensor.type else {
        try description.checkFinite(values.span)
        output.copyMemory(from: source)
        return .success(0)
      }
      var blocks = MutableRawSpan(_unsafeBytes: output)
      try quantizer.encode(values.span, of: description, importance: nil, into: &blocks)
      let stored = decode(blocks.bytes, type: type, count: rows.count)
      return .success(Self.squaredError(values, stored))
    } catch {
      return .failure(error)
    }
  }

  private func decode(_ bytes: RawSpan, type: TensorType, count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count * tensor.columns) { buffer, initialized in
      buffer.initialize(repeating: 0)
      initialized = buffer.count
      var values = buffer.mutableSpan
      codec.kernels.decode(bytes, as: type, into: &values)
    }
  }

  /// In a fixed order, in double precision where sums grow.
  private static func squaredError(_ original: [Float], _ stored: [Float]) -> Double {
    let (original, stored) = (original.span.bytes, stored.span.bytes)
    var total = 0.0
    let end = original.byteCount
    for start in stride(from: 0, to: end, by: 1024) {
      var lanes = SIMD8<Float>.zero
      var offset = start
      while offset + 32 <= min(start + 1024, end) {
        let difference =
          original.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          - stored.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        lanes += difference * difference
        offset += 32
      }
      while offset < min(start + 1024, end) {
        let difference =
          original.unsafeLoadUnaligned(fromByteOffset: offset, as: Float.self)
          - stored.unsafeLoadUnaligned(fromByteOffset: offset, as: Float.self)
        lanes[0] += difference * difference
        offset += 4
      }
      total += Double(lanes.sum())
    }
    return total
  }
}
