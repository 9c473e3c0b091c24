import CTensorKernels
import QuantCore

/// How a cache lays out the vectors of one layer, its keys or its values.
///
/// Keys lie as the matrix products' kernels read weights: sixteen positions are a panel, of which
/// each is a row. Values, and keys that are values as well, lie one after the other; quantized ones
/// are blocks as in GGUF files.
struct CachedVectors {
  /// The elements' type.
  let type: CacheType
  /// Elements of a vector, padded with zeros to what kernels read at a time.
  let size: Int
  /// The panels' format, nil where vectors lie one after the other.
  let panels: (any PackedFormat.Type)?

  /// Positions that lie together.
  static let panelRows = Int(TK_PANEL_ROWS)

  init(_ type: CacheType, dimension: Int, inPanels: Bool) {
    self.type = type
    size = dimension.rounded(upTo: max(type.tensorType.blockSize, Int(TK_LANES)))
    panels = inPanels ? type.tensorType.packedFormat : nil
  }

  /// Bytes of a vector.
  var rowBytes: Int { type.byteCount(of: size) }

  /// Where the panel of `slot` begins, or its vector where vectors lie one after the other.
  func offset(ofSlot slot: Int) -> Int {
    (panels == nil ? slot : slot / Self.panelRows * Self.panelRows) * rowBytes
  }

  /// Stores a vector of `count` elements in a slot of a head.
  func store(
    _ vector: UnsafePointer<Float>, count: Int, slot: Int, head: UnsafeMutableRawPointer,
    with kernels: KernelSet
  ) {
    guard panels != nil else {
      let place = head + offset(ofSlot: slot)
      kernels.store(vector, count: count, padded: size, as: type, at: place)
      return
    }
    withUnsafeTemporaryAllocation(byteCount: rowBytes, alignment: 16) { room in
      guard let bytes = room.baseAddress else { return }
      kernels.store(vector, count: count, padded: size, as: type, at: bytes)
      copy(bytes, slot: slot, head: head, .intoCache)
    }
  }

  /// Which way a vector is copied.
  enum Direction {
    case intoCache, outOfCache
  }

  /// Copies a vector's `rowBytes` bytes between a slot of a head and a place where they lie one after
  /// the other.
  @inline(__always)
  func copy(
    _ vector: UnsafeMutableRawPointer, slot: Int, head: UnsafeMutableRawPointer,
    _ direction: Direction
  ) {
    let place = head + offset(ofSlot: slot)
    guard panels != nil else {
      let (source, target) = direction == .intoCache ? (vector, place) : (place, vector)
      target.copyMemory(from: source, byteCount: rowBytes)
      return
    }
    let (row, blockBytes) = (slot % Self.panelRows, type.tensorType.blockBytes)
    switch blockBytes {
    case 2 where type == .bf16:
      copy(UInt32.self, vector, count: size / 2, row: row, of: place, direction) {
        PackedBF16.counting($0)
      }
    case 4: copy(UInt32.self, vector, count: size, row: row, of: place, direction)
    case 2: copy(UInt16.self, vector, count: size, row: row, of: place, direction)
    default:
      // A block's scale, then its codes, four bytes of each row in turn.
      for block in 0..<size / type.tensorType.blockSize {
        let part = vector + block * blockBytes
        let panel = place + block * blockBytes * Self.panelRows
        copy(UInt16.self, part, count: 1, row: row, of: panel, direction)
        copy(
          UInt32.self, part + 2, count: (blockBytes - 2) / 4, row: row,
          of: panel + 2 * Self.panelRows, direction)
      }
    }
  }

  /// Copies words that lie one after the other to or from their row of a panel.
  @inline(__always)
  private func copy<Word: FixedWidthInteger>(
    _ type: Word.Type, _ words: UnsafeMutableRawPointer, count: Int, row: Int,
    of panel: UnsafeMutableRawPointer, _ direction: Direction,
    as change: (Word) -> Word = { $0 }
  ) {
    let width = MemoryLayout<Word>.size
    for i in 0..<count {
      let (word, place) = (words + i * width, panel + (i * Self.panelRows + row) * width)
      let (source, target) = direction == .intoCache ? (word, place) : (place, word)
      target.storeBytes(of: change(source.loadUnaligned(as: type)), as: type)
    }
  }
}
