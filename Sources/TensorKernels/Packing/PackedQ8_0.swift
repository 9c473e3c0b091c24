/// Blocks of 32 signed bytes with a half as scale.
enum PackedQ8_0: PackedFormat {
  static let family = KernelSet.WeightFamily.q8_0
  static let activations = ActivationForm.codes(block: 32)
  static let blockSize = 32
  static let blockBytes = 34

  static func pack(
    _ rows: UnsafeRawPointer, rowBytes: Int, count: Int, blocks: Int,
    into panel: UnsafeMutableRawPointer
  ) {
    for block in 0..<blocks {
      let target = panel + block * blockBytes * panelRows
      for row in 0..<count {
        let source = rows + row * rowBytes + block * blockBytes
        target.copy16(from: source, to: 2 * row)
        for group in 0..<8 {
          target.copy32(from: source + 2 + 4 * group, to: 32 + (group * panelRows + row) * 4)
        }
      }
    }
  }

  static func unpack(
    row: Int, of panel: UnsafeRawPointer, blocks: Int, into values: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<blocks {
      let source = panel + block * blockBytes * panelRows
      let scale = ScalarKernels.half(source, 0, row)
      for i in 0..<32 {
        let offset = 32 + (i / 4 * panelRows + row) * 4 + i % 4
        values[32 * block + i] = scale * Float(source.load(fromByteOffset: offset, as: Int8.self))
      }
    }
  }
}
