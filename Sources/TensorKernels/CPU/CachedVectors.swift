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
      put(bytes, slot: slot, head: head)
    }
  }

  /// Puts a vector's `rowBytes` bytes into a slot of a head.
  func put(_ bytes: UnsafeRawPointer, slot: Int, head: UnsafeMutableRawPointer) {
    let place = head + offset(ofSlot: slot)
    guard panels != nil else {
      place.copyMemory(from: bytes, byteCount: rowBytes)
      return
    }
    let (row, blockBytes) = (slot % Self.panelRows, type.tensorType.blockBytes)
    switch blockBytes {
    case 4: spread(UInt32.self, bytes, count: size, row: row, into: place)
    case 2: spread(UInt16.self, bytes, count: size, row: row, into: place)
    default:
      // A block's scale, then its codes, four bytes of each row in turn.
      for block in 0..<size / type.tensorType.blockSize {
        let source = bytes + block * blockBytes
        let target = place + block * blockBytes * Self.panelRows
        spread(UInt16.self, source, count: 1, row: row, into: target)
        spread(
          UInt32.self, source + 2, count: (blockBytes - 2) / 4, row: row,
          into: target + 2 * Self.panelRows)
      }
    }
  }

  /// Takes a vector's `rowBytes` bytes from a slot of a head: the reverse of ``put(_:slot:head:)``.
  func take(slot: Int, head: UnsafeRawPointer, into bytes: UnsafeMutableRawPointer) {
    let place = head + offset(ofSlot: slot)
    guard panels != nil else {
      bytes.copyMemory(from: place, byteCount: rowBytes)
      return
    }
    let (row, blockBytes) = (slot % Self.panelRows, type.tensorType.blockBytes)
    switch blockBytes {
    case 4: collect(UInt32.self, place, count: size, row: row, into: bytes)
    case 2: collect(UInt16.self, place, count: size, row: row, into: bytes)
    default:
      for block in 0..<size / type.tensorType.blockSize {
        let source = place + block * blockBytes * Self.panelRows
        let target = bytes + block * blockBytes
        collect(UInt16.self, source, count: 1, row: row, into: target)
        collect(
          UInt32.self, source + 2 * Self.panelRows, count: (blockBytes - 2) / 4, row: row,
          into: target + 2)
      }
    }
  }

  /// Copies words from a row among those of the panel's other rows.
  private func collect<Word: FixedWidthInteger>(
    _ type: Word.Type, _ source: UnsafeRawPointer, count: Int, row: Int,
    into target: UnsafeMutableRawPointer
  ) {
    let width = MemoryLayout<Word>.size
    for i in 0..<count {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: (i * Self.panelRows + row) * width, as: type),
        toByteOffset: i * width, as: type)
    }
  }

  /// Copies words, each to its row among those of the panel's other rows.
  @inline(__always)
  private func spread<Word: FixedWidthInteger>(
    _ type: Word.Type, _ source: UnsafeRawPointer, count: Int, row: Int,
    into target: UnsafeMutableRawPointer
  ) {
    let width = MemoryLayout<Word>.size
    for i in 0..<count {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: i * width, as: type),
        toByteOffset: (i * Self.panelRows + row) * width, as: type)
    }
  }
}
