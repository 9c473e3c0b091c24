internal import CTensorKernels

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
    into panel: UnsafeMutableRawPointer, with kernels: KernelSet
  ) {
    let layout = layout
    let interleave = kernels.table.pointee.interleave
    let codeCount = panelRows * layout.blockSize
    withUnsafeTemporaryAllocation(byteCount: codeCount + 32, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      let codes = base.initializeMemory(as: UInt8.self, repeating: 0, count: codeCount + 32)
      let numbers = codes + codeCount
      var block = RowBlock(
        numbers: numbers, minima: numbers + 16, codes: UnsafeMutableRawPointer(codes),
        kernels: kernels)
      for index in 0..<blocks {
        let target = panel + index * layout.byteCount
        for row in 0..<count {
          block.codes = UnsafeMutableRawPointer(codes + row * layout.blockSize)
          read(index, of: rows + row * rowBytes, into: &block)
          packScales(block, layout, row: row, into: target)
        }
        let units = (target + layout.codeOffset).assumingMemoryBound(to: UInt8.self)
        interleave(codes, layout.blockSize, Int32(layout.bits), units)
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
