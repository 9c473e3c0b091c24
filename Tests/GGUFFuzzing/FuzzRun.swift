public import GGUFKit
import QuantCore
import TestSupport

/// Opens damaged files and touches everything in those that open. A run that comes back has found
/// no trap and no access outside the file.
public struct FuzzRun: Sendable {
  /// How many files opened.
  public private(set) var accepted = 0
  /// How many files were turned away, by the kind of error.
  public private(set) var rejected: [GGUFError.Code: Int] = [:]
  /// How many tensors were decoded.
  public private(set) var decodedTensors = 0
  /// What should not be: files that opened but could not be written and read back the same.
  public private(set) var failures: [String] = []

  /// Runs `rounds` rounds from `seed`; the same seed gives the same files everywhere.
  public init(rounds: Int, seed: UInt64) throws {
    let files = try Self.validFiles()
    for round in 0..<rounds {
      var random = SeededRandom(seed: seed &+ UInt64(round))
      let mutation = Mutation(of: files[round % files.count], using: &random)
      check(mutation.bytes, label: "seed \(seed &+ UInt64(round)), file \(round % files.count)")
    }
  }

  /// One of each version and byte order.
  private static func validFiles() throws -> [[UInt8]] {
    var files: [[UInt8]] = []
    for version in UInt32(1)...3 {
      for order in [ByteOrder.littleEndian, .bigEndian] {
        let options = GGUFWriter.Options(version: version, byteOrder: order)
        files.append(try SampleFile.builder(options: options).serialized())
      }
    }
    return files
  }

  private mutating func check(_ bytes: [UInt8], label: String) {
    do throws(GGUFError) {
      let file = try GGUFFile(bytes: bytes)
      accepted += 1
      touchMetadata(of: file)
      for tensor in file.tensors {
        let size = tensor.withBytes { $0.byteCount }
        if size != tensor.byteCount {
          failures.append("\(label): \(tensor.name) has \(size) bytes")
        }
        if (try? tensor.decoded()) != nil { decodedTensors += 1 }
      }
      try checkRoundTrip(of: file, label: label)
    } catch {
      rejected[error.code, default: 0] += 1
      if error.description.contains("\n") {
        failures.append("\(label): \(error) has several lines")
      }
    }
  }

  private func touchMetadata(of file: GGUFFile) {
    for (key, value) in file.metadata {
      precondition(file.metadata[key]?.type == value.type)
      guard let array = value.arrayValue else { continue }
      for index in 0..<array.count {
        precondition(array[index].type == array.elementType)
      }
    }
  }

  private mutating func checkRoundTrip(of file: GGUFFile, label: String) throws(GGUFError) {
    let builder = GGUFBuilder(
      metadata: file.metadata, tensors: file.tensors,
      options: .init(version: file.version, byteOrder: file.byteOrder))
    let copy = try GGUFFile(bytes: builder.serialized())
    let same =
      copy.metadata.text == file.metadata.text
      && copy.tensors.map(\.name) == file.tensors.map(\.name)
      && copy.tensors.map(\.type) == file.tensors.map(\.type)
      && copy.tensors.map(\.shape) == file.tensors.map(\.shape)
      && zip(copy.tensors, file.tensors).allSatisfy { $0.copiedBytes == $1.copiedBytes }
    if !same { failures.append("\(label): the copy differs") }
  }
}

extension GGUFMetadata {
  /// All entries; text, because a NaN is not equal to itself.
  fileprivate var text: [String] { map { "\($0.key): \($0.value)" } }
}

extension GGUFTensor {
  fileprivate var copiedBytes: [UInt8] {
    withBytes { span in span.withUnsafeBytes { [UInt8]($0) } }
  }
}
