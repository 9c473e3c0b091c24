import Foundation
import GGUFKit
import QuantCore
import TestSupport
import Testing

/// Files whose tensors are written piece by piece.
struct WriterPartTests {
  private let tensors = [
    GGUFWriter.Declaration(name: "a", type: .q8_0, shape: [32, 3]),
    GGUFWriter.Declaration(name: "b", type: .f32, shape: [5]),
  ]

  @Test(arguments: [ByteOrder.littleEndian, .bigEndian])
  func piecesMakeTheSameFile(order: ByteOrder) throws {
    var random = SeededRandom(seed: 3)
    let first = try InMemoryTensor(
      name: "a", shape: [32, 3], values: random.gaussian(count: 96), as: .q8_0)
    let second = try InMemoryTensor(name: "b", shape: [5], values: [1, 2, 3, 4, 5])
    let options = GGUFWriter.Options(byteOrder: order)
    let expected = try GGUFBuilder(tensors: [first, second], options: options).serialized()
    #expect(
      try GGUFWriter.fileBytes(metadata: [:], tensors: tensors, options: options) == expected.count)
    let url = FileManager.default.temporaryDirectory
      .appending(path: "cria-tests-\(UInt64.random(in: .min ... .max)).gguf")
    defer { try? FileManager.default.removeItem(at: url) }
    var writer = try GGUFWriter(path: url.path, metadata: [:], tensors: tensors, options: options)
    for (start, end) in [(0, 34), (34, 34), (34, 102)] {
      try writer.append(part: first.bytes.span.bytes.extracting(start..<end))
    }
    try writer.append(second.bytes.span.bytes)
    try writer.finish()
    #expect(try [UInt8](Data(contentsOf: url)) == expected)
  }

  @Test func piecesMustFit() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "cria-tests-\(UInt64.random(in: .min ... .max)).gguf").path
    var writer = try GGUFWriter(path: path, metadata: [:], tensors: tensors)
    let bytes = [UInt8](repeating: 0, count: 136)
    for count in [33, 136] {
      #expect(throws: GGUFError.self) {
        try writer.append(part: bytes.span.bytes.extracting(first: count))
      }
    }
    try writer.append(part: bytes.span.bytes.extracting(first: 68))
    // The rest of a tensor is no whole tensor, and a file is not complete without it.
    #expect(throws: GGUFError.self) { try writer.append(bytes.span.bytes.extracting(first: 102)) }
    do throws(GGUFError) {
      try writer.finish()
      Issue.record("a file was completed without its tensors")
    } catch {
      #expect(error.code == .invalidTensor)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
