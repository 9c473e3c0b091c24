import CTensorKernels

extension CPUBackend {
  /// Attention over what each row sees of its sequence's cache.
  public func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let operation = AttentionOperation(
      shape: shape, layer: layer, queries: host(queries), out: host(out),
      sinks: shape.sinks.map { vector($0) }, kernels: kernels)
    // Later rows see more positions and cost more, so they come first.
    let rowsPerBlock = max(1, Self.columnsPerBlock / operation.group)
    var blocks: [AttentionBlock] = []
    for slice in slices {
      let cache = host(slice.cache)
      var end = slice.rows.count
      while end > 0 {
        let first = max(0, end - rowsPerBlock)
        blocks.append(
          AttentionBlock(
            operation: operation, cache: cache,
            rows: slice.rows.lowerBound + first..<slice.rows.lowerBound + end,
            start: slice.start + first, end: slice.positions.upperBound))
        end = first
      }
    }
    guard let first = blocks.first else { return }
    let columns = blocks.reduce(0) { max($0, $1.rows.count) } * operation.group
    let tiles = blocks.reduce(0) { max($0, $1.tiles.count) }
    let layout = first.roomLayout(columns: columns)
    let rooms = Scratch(byteCount: threadCount * layout.byteCount, from: scratch)
    func room(_ worker: Int) -> AttentionRoom {
      AttentionRoom(layout, at: rooms.pointer + worker * layout.byteCount)
    }

    let heads = shape.keyValueHeads
    let tasks = blocks.count * heads
    let work = blocks.reduce(0) { $0 + $1.rows.count * $1.tiles.count } * shape.heads
    if work * layout.keySize * Int(TK_TILE_POSITIONS) < Self.leastShared {
      // A little work is done sooner than other threads are told of it.
      for task in 0..<tasks { blocks[task / heads].attend(head: task % heads, in: room(0)) }
    } else if tiles == 1 || tasks >= 2 * threadCount {
      pool.run(tasks: tasks) { task, worker in
        blocks[task / heads].attend(head: task % heads, in: room(worker))
      }
    } else {
      attend(blocks, heads: heads, tiles: tiles, layout: layout, room: room)
    }
  }

  /// Queries of a block, for which each key and value is read once.
  private static var columnsPerBlock: Int { 64 }
  /// Multiply-adds from which on other threads are asked to help.
  private static var leastShared: Int { 1 << 17 }

  /// Few blocks with many tiles: a task is a tile or some of them, and what they give is merged
  /// afterwards, in the same order.
  private func attend(
    _ blocks: [AttentionBlock], heads: Int, tiles: Int, layout: AttentionRoom.Layout,
    room: (Int) -> AttentionRoom
  ) {
    let tasks = blocks.count * heads
    let parts = min(tiles, (4 * threadCount + tasks - 1) / tasks)
    let memory = Scratch(byteCount: tasks * tiles * layout.partBytes, from: scratch)
    func part(_ task: Int, _ tile: Int) -> AttentionPart {
      AttentionPart(layout, at: memory.pointer + (task * tiles + tile) * layout.partBytes)
    }
    pool.run(tasks: tasks * parts) { index, worker in
      let (task, number) = (index / parts, index % parts)
      let (block, room) = (blocks[task / heads], room(worker))
      let count = block.tiles.count
      block.load(head: task % heads, in: room)
      for tile in count * number / parts..<count * (number + 1) / parts {
        block.compute(
          tile: block.tiles.lowerBound + tile, head: task % heads, in: room,
          into: part(task, tile))
      }
    }
    pool.run(tasks: tasks) { task, worker in
      let (block, room) = (blocks[task / heads], room(worker))
      block.begin(head: task % heads, in: room)
      for tile in 0..<block.tiles.count { block.merge(part(task, tile), in: room) }
      block.finish(head: task % heads, in: room)
    }
  }
}
