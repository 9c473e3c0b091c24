internal import CTensorKernels

/// The kernels in plain Swift.
///
/// They define what every other kernel set computes, bit for bit, and they run where no other set
/// does. Each function mirrors one entry of `tk_kernels`, whose header states the arithmetic.
enum ScalarKernels {
  /// Rows of a weight panel.
  static let rows = Int(TK_PANEL_ROWS)

  /// The lanes of a 16-lane sum.
  static let lanes = Int(TK_LANES)

  /// The table of this set.
  static let table = tk_kernels(
    matmul: kept(products),
    arrangements: nil,
    interleave: { interleave($0, $1, $2, $3) },
    quantize32: { quantize32($0, $1, $2, $3, $4) },
    quantize256: { quantize256($0, $1, $2, $3, $4) },
    rms_norm: { rmsNorm($0, $1, $2, $3, $4) },
    functions: kept(functions),
    add: { add($0, $1, $2, $3) },
    multiply: { multiply($0, $1, $2, $3) },
    add_scaled: { addScaled($0, $1, $2, $3) },
    rope_pairs: { ropePairs($0, $1, $2, $3) },
    rope_halves: { ropeHalves($0, $1, $2, $3) },
    scores: (
      { scores(.f32, $0, $1, $2, $3, $4, $5, $6) },
      { scores(.f16, $0, $1, $2, $3, $4, $5, $6) },
      { scores(.bf16, $0, $1, $2, $3, $4, $5, $6) },
      { scores(.q8_0, $0, $1, $2, $3, $4, $5, $6) },
      { scores(.q4_0, $0, $1, $2, $3, $4, $5, $6) }
    ),
    soften: { soften($0, $1, $2, $3, $4, $5) },
    mix: (
      { mix(.f32, $0, $1, $2, $3, $4, $5, $6, $7) },
      { mix(.f16, $0, $1, $2, $3, $4, $5, $6, $7) },
      { mix(.bf16, $0, $1, $2, $3, $4, $5, $6, $7) },
      { mix(.q8_0, $0, $1, $2, $3, $4, $5, $6, $7) },
      { mix(.q4_0, $0, $1, $2, $3, $4, $5, $6, $7) }
    ),
    merge: { merge($0, $1, $2, $3, $4, $5) },
    store: (
      { storeF32($0, $1, $2) },
      { storeF16($0, $1, $2) },
      { storeBF16($0, $1, $2) }
    )
  )

  /// The elements as a C array that lives forever.
  private static func kept<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
    let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = memory.initialize(from: elements)
    guard let start = memory.baseAddress else { preconditionFailure("a table is empty") }
    return UnsafePointer(start)
  }

  /// A 16-lane sum of `term(i)` (for which `accumulate` adds the i-th term to a lane).
  static func laneSum(_ count: Int, accumulate: (_ lane: Float, _ i: Int) -> Float) -> Float {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: lanes) { sums in
      sums.initialize(repeating: 0)
      for i in 0..<count {
        sums[i % lanes] = accumulate(sums[i % lanes], i)
      }
      var half = lanes / 2
      while half > 0 {
        for i in 0..<half { sums[i] += sums[i + half] }
        half /= 2
      }
      return sums[0]
    }
  }
}
