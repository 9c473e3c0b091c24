/// One block, taken apart: its scales and minimums as numbers, its codes, and its bytes.
struct BlockGrid {
  /// A number of the block that scales or shifts some of its values.
  struct Parameter {
    var field: BitField
    /// The values that it affects.
    var range: Range<Int>
    /// Which codes it may have, by rising meaning; `nil` for a half.
    var codes: [Int]?
  }

  let format: any CodedFormat.Type
  let layout: BlockLayout
  private(set) var bytes: [UInt8]
  var codes: BlockCodes
  /// The scale of each sub-block.
  private(set) var scales: [Float]
  /// What is added to the scaled level of each sub-block.
  private(set) var offsets: [Float]

  init(_ format: any CodedFormat.Type, layout: BlockLayout) {
    self.format = format
    self.layout = layout
    bytes = [UInt8](repeating: 0, count: format.blockBytes)
    codes = BlockCodes(layout)
    let count = format.blockSize / layout.subBlockSize
    scales = [Float](repeating: 0, count: count)
    offsets = [Float](repeating: 0, count: count)
  }

  /// Takes a block apart.
  mutating func load(_ block: RawSpan) {
    for i in 0..<bytes.count { bytes[i] = block.byte(i) }
    format.load(&codes, from: block)
    loadNumbers(0..<scales.count)
  }

  /// Puts the codes into the bytes, and writes these.
  mutating func store(into block: inout MutableRawSpan, at offset: Int) {
    Self.withBytes(&bytes) { format.store(codes, into: &$0) }
    for i in 0..<bytes.count { block.store(bytes[i], at: offset + i) }
  }

  /// The code of a parameter.
  func code(of parameter: Parameter) -> Int { parameter.field.load(bytes.span.bytes) }

  /// Gives a parameter another code.
  mutating func set(_ parameter: Parameter, to code: Int) {
    Self.withBytes(&bytes) { parameter.field.store(code, into: &$0) }
    let size = layout.subBlockSize
    loadNumbers(parameter.range.lowerBound / size..<parameter.range.upperBound / size)
  }

  private static func withBytes(
    _ bytes: inout [UInt8], _ body: (inout MutableRawSpan) -> Void
  ) {
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    body(&raw)
  }

  private mutating func loadNumbers(_ subBlocks: Range<Int>) {
    let bytes = bytes
    let block = bytes.span.bytes
    let unit = Self.half(layout.unit, block) ?? 1
    let minimumUnit = Self.half(layout.minimumUnit, block) ?? 0
    for j in subBlocks {
      scales[j] = unit * (Self.meaning(layout.scales, j, block) ?? 1)
      let minimum = minimumUnit * (Self.meaning(layout.minimums, j, block) ?? 1)
      offsets[j] = minimum + scales[j] * (Self.meaning(layout.shifts, j, block) ?? 0)
    }
  }

  private static func half(_ field: BitField?, _ block: RawSpan) -> Float? {
    field.map { HalfPrecision.float(UInt16(truncatingIfNeeded: $0.load(block))) }
  }

  private static func meaning(
    _ numbers: BlockLayout.Numbers, _ j: Int, _ block: RawSpan
  ) -> Float? {
    guard !numbers.fields.isEmpty else { return nil }
    let code = numbers.fields[j].load(block)
    return code < numbers.meanings.count ? numbers.meanings[code] : 0
  }

  /// The stored value of place `i`, for levels.
  @inline(__always)
  func value(_ level: Float, at i: Int) -> Float {
    let j = i / layout.subBlockSize
    return scales[j] * level + offsets[j]
  }

  /// The values of unit `unit`, for points.
  func values(ofUnit unit: Int, _ table: PointTable) -> Lanes {
    var point = Lanes.zero
    for g in 0..<table.pointsPerUnit {
      let first = codes.numbers[unit * table.pointsPerUnit + g] * table.dimension
      for i in 0..<table.dimension {
        point[g * table.dimension + i] = table.coordinates[first + i]
      }
    }
    if !codes.signs.isEmpty {
      for i in 0..<8 where codes.signs[unit] >> i & 1 == 1 { point[i] = -point[i] }
    }
    let j = 8 * unit / layout.subBlockSize
    return point * scales[j] + offsets[j]
  }

  /// All values of a range, which holds whole units.
  func values(in range: Range<Int>, into values: inout [Float]) {
    switch layout.codes {
    case .levels(_, let table):
      for i in range {
        values[i] = value(table.levels[table.place(ofCode: codes.numbers[i])], at: i)
      }
    case .points(let table):
      for unit in range.lowerBound / 8..<range.upperBound / 8 {
        let lanes = self.values(ofUnit: unit, table)
        for i in 0..<8 { values[8 * unit + i] = lanes[i] }
      }
    }
  }

  /// Everything in the block that scales or shifts values, that which affects most first.
  static func parameters(of layout: BlockLayout, blockSize: Int) -> [Parameter] {
    var parameters: [Parameter] = []
    for unit in [layout.unit, layout.minimumUnit] {
      guard let unit else { continue }
      parameters.append(Parameter(field: unit, range: 0..<blockSize, codes: nil))
    }
    for numbers in [layout.scales, layout.minimums, layout.shifts] {
      let codes = numbers.meanings.indices.sorted {
        numbers.meanings[$0] < numbers.meanings[$1]
      }
      for (j, field) in numbers.fields.enumerated() {
        let range = j * layout.subBlockSize..<(j + 1) * layout.subBlockSize
        parameters.append(Parameter(field: field, range: range, codes: codes))
      }
    }
    return parameters
  }
}
