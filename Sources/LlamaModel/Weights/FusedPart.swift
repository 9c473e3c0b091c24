import QuantCore

/// Some consecutive rows of a tensor, as a tensor of the same name: one matrix of a fused one.
struct FusedPart: TensorSource {
  let base: any TensorSource
  let shape: [Int]
  private let bytes: Range<Int>

  /// `shape`'s elements from `first` on; nil where they do not start and end at blocks within the
  /// tensor.
  init?(_ base: any TensorSource, from first: Int, shape: [Int]) {
    let count = shape.reduce(1, *)
    let (block, blockBytes) = (base.type.blockSize, base.type.blockBytes)
    guard first.isMultiple(of: block), count.isMultiple(of: block),
      first + count <= base.elementCount
    else { return nil }
    self.base = base
    self.shape = shape
    bytes = first / block * blockBytes..<(first + count) / block * blockBytes
  }

  var name: String { base.name }
  var type: TensorType { base.type }

  var isMapped: Bool { base.isMapped }

  func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try base.withBytes { all in
      try body(all.extracting(bytes.clamped(to: 0..<all.byteCount)))
    }
  }

  func discardPages(in part: Range<Int>) {
    let part = part.clamped(to: 0..<bytes.count)
    base.discardPages(in: bytes.lowerBound + part.lowerBound..<bytes.lowerBound + part.upperBound)
  }
}
