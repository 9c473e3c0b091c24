/// The index of the greatest value, the first of equal ones; NaN counts as negative infinity.
///
/// One pass: the maximum of each block is found with 16 lanes, and only the winning block is
/// looked at again.
///
/// - Parameter values: At least one value.
func indexOfMaximum(_ values: Span<Float>) -> Int {
  let blockSize = 1024
  var best = -Float.infinity
  var bestBlock = 0..<0
  var start = 0
  while start < values.count {
    let block = start..<min(start + blockSize, values.count)
    let maximum = maximum(values.extracting(block))
    if maximum > best {
      best = maximum
      bestBlock = block
    }
    start = block.upperBound
  }
  return bestBlock.first { values[$0] == best } ?? 0
}

/// The greatest value; negative infinity where there are only NaN or no values.
func maximum(_ values: Span<Float>) -> Float {
  typealias Lanes = SIMD16<Float>
  let bytes = values.bytes
  var lanes = Lanes(repeating: -.infinity)
  var index = 0
  while index + Lanes.scalarCount <= values.count {
    let next = bytes.unsafeLoadUnaligned(
      fromByteOffset: index * MemoryLayout<Float>.stride, as: Lanes.self)
    lanes.replace(with: next, where: next .> lanes)
    index += Lanes.scalarCount
  }
  var best = lanes.max()
  while index < values.count {
    if values[index] > best { best = values[index] }
    index += 1
  }
  return best
}
