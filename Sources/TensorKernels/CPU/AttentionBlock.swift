import CTensorKernels

/// What all blocks of an attention share.
struct AttentionOperation {
  let shape: AttentionShape
  let layer: Int
  let queries: CPUActivations
  let out: CPUActivations
  let sinks: FloatVector?
  let kernels: KernelSet

  /// Query heads of a key-value head.
  var group: Int { shape.heads / shape.keyValueHeads }
}

/// Some rows of one sequence. With a key-value head, the queries of these rows and of the heads that
/// share it are the columns of tiles: row after row, all heads of one row together.
///
/// Tiles are ranges of positions that begin at multiples of `TK_TILE_POSITIONS`. What a tile gives
/// depends on nothing but the tile and the column, and tiles are merged in their order, so a result
/// does not depend on how rows are grouped or who computes which tile.
struct AttentionBlock {
  let operation: AttentionOperation
  let cache: CPUCache
  let rows: Range<Int>
  /// The position of the first row.
  let start: Int
  /// How many positions the sequence has.
  let end: Int

  private static let tileSize = Int(TK_TILE_POSITIONS)

  private var positions: Range<Int> { start..<start + rows.count }
  private var columns: Int { rows.count * operation.group }

  private func visible(from position: Int) -> Range<Int> {
    operation.shape.visible(from: position, of: end)
  }

  /// The tiles that rows see something of.
  var tiles: Range<Int> {
    let last = visible(from: positions.upperBound - 1).upperBound
    return visible(from: start).lowerBound / Self.tileSize..<(last - 1) / Self.tileSize + 1
  }

  /// The sizes of a room to attend in.
  func roomLayout(columns: Int) -> AttentionRoom.Layout {
    AttentionRoom.Layout(
      columns: columns, keySize: cache.keys(layer: operation.layer, head: 0).layout.size,
      valueSize: operation.shape.valueDimension.rounded(upTo: Int(TK_LANES)))
  }

  /// Attends with the query heads that share key-value head `head`.
  func attend(head: Int, in room: AttentionRoom) {
    load(head: head, in: room)
    begin(head: head, in: room)
    for tile in tiles {
      compute(tile: tile, head: head, in: room, into: room.tile)
      merge(room.tile, in: room)
    }
    finish(head: head, in: room)
  }

  /// Scales the queries, and quantizes them where keys are.
  func load(head: Int, in room: AttentionRoom) {
    let (shape, group) = (operation.shape, operation.group)
    let (size, padded) = (shape.headDimension, room.layout.keySize)
    var target = room.queries
    for row in rows {
      var source = operation.queries.row(row) + head * group * size
      for _ in 0..<group {
        for i in 0..<size { target[i] = source[i] * shape.scale }
        (target + size).update(repeating: 0, count: padded - size)
        source += size
        target += padded
      }
    }
    let keys = cache.keys(layer: operation.layer, head: head).layout
    guard keys.panels?.activations == .codes(block: 32) else { return }
    operation.kernels.table.pointee.quantize32(
      room.queries, columns * padded, room.codes, room.scales, room.codeSums)
  }

  /// Begins with what comes before the first tile: the sinks.
  func begin(head: Int, in room: AttentionRoom) {
    room.total.sums.update(repeating: 0, count: columns * room.layout.valueSize)
    for column in 0..<columns {
      room.total.shares[column] = tk_share(largest: -.infinity, sum: 0)
    }
    guard let sinks = operation.sinks else { return }
    let group = operation.group
    for column in 0..<columns {
      room.total.shares[column] = tk_share(
        largest: sinks.values[head * group + column % group], sum: 1)
    }
  }

  /// Computes a tile.
  func compute(tile: Int, head: Int, in room: AttentionRoom, into part: AttentionPart) {
    let (layer, kernels) = (operation.layer, operation.kernels)
    let whole = tile * Self.tileSize..<(tile + 1) * Self.tileSize
    let first = visible(from: start).clamped(to: whole).lowerBound
    let base = first / CachedVectors.panelRows * CachedVectors.panelRows
    var end = base
    var column = 0
    for position in positions {
      let range = visible(from: position).clamped(to: whole)
      let seen = tk_range(
        first: UInt32(range.lowerBound - base), last: UInt32(range.upperBound - base))
      for _ in 0..<operation.group {
        room.ranges[column] = seen
        column += 1
      }
      end = max(end, range.upperBound)
    }

    let keys = cache.keys(layer: layer, head: head)
    let firstKey = keys.head + keys.layout.offset(ofSlot: base - keys.first)
    if let panels = keys.layout.panels {
      var queries = tk_activations(
        values: room.queries, values_stride: room.layout.keySize, codes: room.codes,
        scales: room.scales, sums: room.codeSums, k: room.layout.keySize,
        arranged: nil)
      let count = (end - base + CachedVectors.panelRows - 1) / CachedVectors.panelRows
      kernels.matmul(panels)(firstKey, count, &queries, columns, room.scores, Self.tileSize)
    } else {
      kernels.scores(keys.layout.type)(
        room.queries, columns, firstKey, room.layout.keySize, end - base, room.scores,
        Self.tileSize)
    }
    kernels.table.pointee.soften(
      room.scores, Self.tileSize, columns, room.ranges, operation.shape.softcap ?? 0, part.shares)
    let values = cache.values(layer: layer, head: head)
    kernels.mix(values.layout.type)(
      room.scores, Self.tileSize, columns, room.ranges,
      values.head + values.layout.offset(ofSlot: base - values.first), values.layout.size,
      room.layout.valueSize, part.sums)
  }

  /// Adds a tile to those before it.
  func merge(_ part: AttentionPart, in room: AttentionRoom) {
    operation.kernels.table.pointee.merge(
      room.total.sums, room.total.shares, part.sums, part.shares, columns, room.layout.valueSize)
  }

  /// Divides by the sums of the softmax.
  func finish(head: Int, in room: AttentionRoom) {
    let (group, size) = (operation.group, operation.shape.valueDimension)
    var (source, share) = (room.total.sums, room.total.shares)
    for row in rows {
      var target = operation.out.row(row) + head * group * size
      for _ in 0..<group {
        let factor = 1 / share.pointee.sum
        for i in 0..<size { target[i] = source[i] * factor }
        source += room.layout.valueSize
        share += 1
        target += size
      }
    }
  }
}
