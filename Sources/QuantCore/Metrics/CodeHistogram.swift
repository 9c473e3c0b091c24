#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Android)
  internal import Android
#endif

/// How often each level, or each point, of a format is used: a quantizer that leaves some of them
/// out wastes bits.
public struct CodeHistogram: Sendable, Equatable {
  /// The type.
  public let type: TensorType
  /// How often each code occurs: of levels, in the order of their values; of points, by number.
  public private(set) var counts: [Int]
  /// The levels, rising; empty for a type that stores points.
  public let levels: [Float]

  /// Nothing counted yet.
  ///
  /// - Throws: ``QuantError/Code/unsupportedType`` for a type without codes: see ``CodedFormat``.
  public init(type: TensorType) throws(QuantError) {
    guard let format = type.codedFormat else {
      throw QuantError(
        .unsupportedType, "\(type.name) has no codes to count; choose a type of weights in blocks")
    }
    self.type = type
    switch format.layout.codes {
    case .levels(_, let table):
      levels = table.levels
      counts = [Int](repeating: 0, count: table.levels.count)
    case .points(let table):
      levels = []
      counts = [Int](repeating: 0, count: table.count)
    }
  }

  /// Counts the codes of whole blocks.
  ///
  /// - Throws: ``QuantError/Code/partialBlock``.
  public mutating func add(_ blocks: RawSpan) throws(QuantError) {
    guard let format = type.codedFormat, blocks.byteCount % format.blockBytes == 0 else {
      throw QuantError(
        .partialBlock, "\(blocks.byteCount) bytes are not whole blocks of \(type.name)")
    }
    let layout = format.layout
    var codes = BlockCodes(layout)
    for start in stride(from: 0, to: blocks.byteCount, by: format.blockBytes) {
      format.load(&codes, from: blocks.extracting(start..<start + format.blockBytes))
      switch layout.codes {
      case .levels(_, let table):
        for code in codes.numbers { counts[table.place(ofCode: code)] += 1 }
      case .points:
        for number in codes.numbers { counts[number] += 1 }
      }
    }
  }

  /// All codes counted.
  public var total: Int { counts.reduce(0, +) }

  /// How many codes occur at all.
  public var usedCount: Int { counts.count { $0 > 0 } }

  /// The entropy of the codes in bits, `-sum(p log2 p)`: what an ideal coder would need for each. At
  /// most `log2` of the number of codes; 0 when nothing was counted.
  public var entropy: Double {
    let total = Double(total)
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / total
      return sum - share * log2(share)
    }
  }
}
