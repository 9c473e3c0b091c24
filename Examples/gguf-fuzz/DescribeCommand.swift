import ArgumentParser
import GGUFKit
import QuantCore

/// Prints everything in a file, one line each, so that another reader's view can be compared.
///
/// Floats are printed as their bits and strings as their bytes, both hexadecimal: nothing is
/// lost, and nothing depends on how a language prints.
struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a file's metadata and decoded tensors in a form that programs compare.")

  @Argument(help: "The file.")
  var path: String

  func run() throws {
    let file = try GGUFFile(path: path)
    for (key, value) in file.metadata {
      print("meta", key, text(of: value))
    }
    for tensor in file.tensors {
      let values = try tensor.decoded().map { hex($0.bitPattern) }
      let shape = tensor.shape.map { String($0) }.joined(separator: "x")
      print("tensor", tensor.name, tensor.type, shape, values.joined(separator: " "))
    }
  }

  private func text(of value: GGUFValue) -> String {
    let content: String =
      switch value {
      case .uint8(let number): String(number)
      case .int8(let number): String(number)
      case .uint16(let number): String(number)
      case .int16(let number): String(number)
      case .uint32(let number): String(number)
      case .int32(let number): String(number)
      case .uint64(let number): String(number)
      case .int64(let number): String(number)
      case .float32(let number): hex(number.bitPattern)
      case .float64(let number): hex(number.bitPattern)
      case .bool(let flag): flag ? "1" : "0"
      case .string(let string): "'" + string.slice.map { hex($0) }.joined() + "'"
      case .array(let array):
        "[" + (0..<array.count).map { text(of: array[$0]) }.joined(separator: " ") + "]"
      }
    return "\(value.type):\(content)"
  }

  private func hex<T: FixedWidthInteger>(_ number: T) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: T.bitWidth / 4 - digits.count) + digits
  }
}
