/// A format whose blocks can be changed number by number.
///
/// All block formats but the operands of dot products conform, each in the file of its family. A
/// format from elsewhere that conforms works with ``ErrorCompensatingQuantizer``,
/// ``RoundToNearestQuantizer`` and ``CodeHistogram`` too.
public protocol CodedFormat: TensorFormat {
  /// Where a block keeps its numbers.
  static var layout: BlockLayout { get }

  /// Reads the code of every value, or of every group and unit of points; see ``BlockCodes``.
  static func load(_ codes: inout BlockCodes, from block: RawSpan)

  /// Writes them.
  static func store(_ codes: BlockCodes, into block: inout MutableRawSpan)
}

/// The codes of one block.
public struct BlockCodes: Sendable, Equatable {
  /// The code of each value, or the number of each group's point.
  public var numbers: [Int]
  /// The signs of each eight values, bit `i` set where value `i` is negative; empty for a format
  /// without signs of its own.
  public var signs: [Int]

  /// Room for a block of a layout.
  init(_ layout: BlockLayout) {
    switch layout.codes {
    case .levels(let fields, _):
      numbers = [Int](repeating: 0, count: fields.count)
      signs = []
    case .points(let table):
      numbers = [Int](repeating: 0, count: table.fields.count)
      switch table.signs {
      case .inPoints: signs = []
      case .free(let fields), .even(let fields): signs = [Int](repeating: 0, count: fields.count)
      }
    }
  }
}

extension CodedFormat {
  /// Reads the codes from where the layout says.
  public static func load(_ codes: inout BlockCodes, from block: RawSpan) {
    switch layout.codes {
    case .levels(let fields, _):
      for (i, field) in fields.enumerated() { codes.numbers[i] = field.load(block) }
    case .points(let table):
      for (i, field) in table.fields.enumerated() { codes.numbers[i] = field.load(block) }
      switch table.signs {
      case .inPoints: break
      case .free(let fields):
        for (i, field) in fields.enumerated() { codes.signs[i] = field.load(block) }
      case .even(let fields):
        for (i, field) in fields.enumerated() {
          codes.signs[i] = Int(SignPatterns.complete(UInt32(field.load(block))))
        }
      }
    }
  }

  /// Writes the codes to where the layout says.
  public static func store(_ codes: BlockCodes, into block: inout MutableRawSpan) {
    switch layout.codes {
    case .levels(let fields, _):
      for (i, field) in fields.enumerated() { field.store(codes.numbers[i], into: &block) }
    case .points(let table):
      for (i, field) in table.fields.enumerated() { field.store(codes.numbers[i], into: &block) }
      switch table.signs {
      case .inPoints: break
      case .free(let fields), .even(let fields):
        for (i, field) in fields.enumerated() { field.store(codes.signs[i], into: &block) }
      }
    }
  }
}

extension TensorType {
  /// The type's format where its blocks can be changed number by number; `nil` where not.
  public var codedFormat: (any CodedFormat.Type)? { format as? any CodedFormat.Type }
}
