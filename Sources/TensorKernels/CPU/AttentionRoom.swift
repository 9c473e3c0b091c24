import CTensorKernels

/// What a tile gives for each column.
struct AttentionPart {
  /// `[columns][valueSize]`.
  let sums: UnsafeMutablePointer<Float>
  let shares: UnsafeMutablePointer<tk_share>

  init(_ layout: AttentionRoom.Layout, at memory: UnsafeMutableRawPointer) {
    sums = memory.assumingMemoryBound(to: Float.self)
    shares = (memory + layout.sumBytes).assumingMemoryBound(to: tk_share.self)
  }
}

/// One thread's room to attend.
struct AttentionRoom {
  let layout: Layout
  /// `[columns][keySize]`, scaled.
  let queries: UnsafeMutablePointer<Float>
  /// Codes, scales and sums of the queries, where keys are quantized.
  let codes: UnsafeMutablePointer<Int8>
  let scales: UnsafeMutablePointer<Float>
  let codeSums: UnsafeMutablePointer<Int16>
  /// `[columns][TK_TILE_POSITIONS]`.
  let scores: UnsafeMutablePointer<Float>
  let ranges: UnsafeMutablePointer<tk_range>
  /// Of the tile at hand.
  let tile: AttentionPart
  /// Of the tiles so far.
  let total: AttentionPart

  init(_ layout: Layout, at memory: UnsafeMutableRawPointer) {
    self.layout = layout
    queries = memory.assumingMemoryBound(to: Float.self)
    codes = (memory + layout.codes).assumingMemoryBound(to: Int8.self)
    scales = (memory + layout.scales).assumingMemoryBound(to: Float.self)
    codeSums = (memory + layout.codeSums).assumingMemoryBound(to: Int16.self)
    scores = (memory + layout.scores).assumingMemoryBound(to: Float.self)
    ranges = (memory + layout.ranges).assumingMemoryBound(to: tk_range.self)
    tile = AttentionPart(layout, at: memory + layout.tile)
    total = AttentionPart(layout, at: memory + layout.total)
  }

  /// The sizes of a room, and where its parts begin.
  struct Layout {
    let keySize: Int
    let valueSize: Int
    /// Bytes of an ``AttentionPart``, and of its sums.
    let partBytes: Int
    let sumBytes: Int
    let byteCount: Int
    fileprivate let codes, scales, codeSums, scores, ranges, tile, total: Int

    init(columns: Int, keySize: Int, valueSize: Int) {
      self.keySize = keySize
      self.valueSize = valueSize
      sumBytes = columns * valueSize * 4
      partBytes = (sumBytes + columns * MemoryLayout<tk_share>.stride)
        .rounded(upTo: AlignedMemory.alignment)
      var end = columns * keySize * 4
      func place(_ bytes: Int) -> Int {
        let start = end.rounded(upTo: AlignedMemory.alignment)
        end = start + bytes
        return start
      }
      codes = place(columns * keySize)
      scales = place(columns * keySize / 32 * 4)
      codeSums = place(columns * keySize / 16 * 2)
      scores = place(columns * Int(TK_TILE_POSITIONS) * 4)
      ranges = place(columns * MemoryLayout<tk_range>.stride)
      tile = place(partBytes)
      total = place(partBytes)
      byteCount = place(0)
    }
  }
}
