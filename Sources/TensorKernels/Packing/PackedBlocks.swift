/// A format whose panels consist of blocks: conformers say how a block of a file is read, and the
/// rest follows from the layout.
protocol PackedBlocks: PackedFormat {
  /// The blocks of a panel.
  static var layout: PanelLayout { get }

  /// Reads block `index` (of the layout's size) of a row of the file.
  static func read(_ index: Int, of row: UnsafeRawPointer, into block: inout RowBlock)
}

extension PackedBlocks {
  static var activations: ActivationForm { .codes(block: layout.isSuperBlock ? 256 : 32) }
  static var blockSize: Int { layout.blockSize }
  static var blockBytes: Int { layout.byteCount / panelRows }

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    let layout = layout
    withUnsafeTemporaryAllocation(byteCount: 256 + 32, alignment: 64) { memory in
      guard let codes = memory.baseAddress else { return }
      let numbers = (codes + 256).assumingMemoryBound(to: UInt8.self)
      var block = RowBlock(numbers: numbers, minima: numbers + 16, codes: codes)
      for index in 0..<blocks {
        let target = panel + index * layout.byteCount
        for row in 0..<count {
          read(index, of: rows + row * rowBytes, into: &block)
          packScales(block, layout, row: row, into: target)
          packCodes(codes, layout, row: row, into: target + layout.codeOffset)
        }
      }
    }
  }
}

/// Stores the scales of a row.
private func packScales(
  _ block: RowBlock, _ layout: PanelLayout, row: Int, into target: UnsafeMutableRawPointer
) {
  let bytes = target + layout.numberOffset + row
  func store(_ byte: UInt8, _ index: Int) {
    bytes.storeBytes(of: byte, toByteOffset: 16 * index, as: UInt8.self)
  }
  func storeSixBits(_ numbers: UnsafeMutablePointer<UInt8>, _ count: Int, at start: Int) {
    for i in 0..<count / 2 {
      store(numbers[i] & 15 | (numbers[i + count / 2] & 15) << 4, start + i)
    }
    for i in 0..<count / 4 {
      let n = numbers + 4 * i
      store(
        n[0] >> 4 | (n[1] >> 4) << 2 | (n[2] >> 4) << 4 | (n[3] >> 4) << 6,
        start + count / 2 + i)
    }
  }
  if layout.numberOffset >= 32 {
    target.storeBytes(of: block.scale, toByteOffset: 2 * row, as: UInt16.self)
  }
  if layout.numberOffset >= 64 {
    target.storeBytes(of: block.minimum, toByteOffset: 32 + 2 * row, as: UInt16.self)
  }
  switch layout.scales {
  case .half, .halfAndMinimum, .whole: break
  case .power: store(block.numbers[0], 0)
  case .e4m3Pair: for i in 0..<2 { store(block.numbers[i], i) }
  case .bytes: for i in 0..<16 { store(block.numbers[i], i) }
  case .nibblesAndMinima: for i in 0..<16 { store(block.numbers[i] | block.minima[i] << 4, i) }
  case .centredSixBits(let count): storeSixBits(block.numbers, count, at: 0)
  case .sixBitsAndMinima:
    storeSixBits(block.numbers, 8, at: 0)
    storeSixBits(block.minima, 8, at: 6)
  }
}

/// Stores the codes of a row, four to a word.
private func packCodes(
  _ codes: UnsafeRawPointer, _ layout: PanelLayout, row: Int, into target: UnsafeMutableRawPointer
) {
  let bits = layout.bits
  for index in 0..<layout.blockSize / 32 {
    let unit = codes + 32 * index
    var out = target + index * layout.unitBytes + 4 * row
    @inline(__always) func group(_ g: Int) -> UInt32 {
      unit.load(fromByteOffset: 4 * g, as: UInt32.self)
    }
    if bits == 8 {
      for g in 0..<8 { out.storeBytes(of: group(g), toByteOffset: 64 * g, as: UInt32.self) }
      continue
    }
    if bits & 4 != 0 {
      for g in 0..<4 {
        let nibbles = group(g) & 0x0F0F_0F0F | (group(g + 4) & 0x0F0F_0F0F) << 4
        out.storeBytes(of: nibbles, toByteOffset: 64 * g, as: UInt32.self)
      }
      out += 256
    }
    if bits & 2 != 0 {
      let from = UInt32(bits & 4)
      for half in 0..<2 {
        var pairs: UInt32 = 0
        for g in 0..<4 { pairs |= (group(4 * half + g) >> from & 0x0303_0303) << UInt32(2 * g) }
        out.storeBytes(of: pairs, toByteOffset: 64 * half, as: UInt32.self)
      }
      out += 128
    }
    if bits & 1 != 0 {
      let from = UInt32(bits & 6)
      var single: UInt32 = 0
      for g in 0..<8 { single |= (group(g) >> from & 0x0101_0101) << UInt32(g) }
      out.storeBytes(of: single, as: UInt32.self)
    }
  }
}
