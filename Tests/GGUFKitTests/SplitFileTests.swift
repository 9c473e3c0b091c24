import Foundation
import GGUFFuzzing
import GGUFKit
import QuantCore
import Testing

@Suite struct SplitFileTests {
  private func withParts(_ body: (URL, [String]) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let paths = try SampleFile.builder().writeParts(
        toPrefix: folder.appending(path: "model").path, maximumBytes: 1500)
      try body(folder, paths)
    }
  }

  @Test func opensFromEveryPart() throws {
    let whole = try SampleFile.builder()
    try withParts { _, paths in
      #expect(paths.count > 2)
      let count = String(String(100_000 + paths.count).dropFirst())
      #expect(paths[0].hasSuffix("model-00001-of-\(count).gguf"))
      for path in paths {
        let file = try GGUFFile(path: path)
        #expect(file.partCount == paths.count)
        #expect(file.metadata["value.uint8"] == .uint8(255))
        #expect(file[.splitTensorCount] == whole.tensors.count)
        #expect(file.tensors.map(\.name) == whole.tensors.map(\.name))
        #expect(file.tensors.last?.fileIndex == paths.count - 1)
        for (read, written) in zip(file.tensors, whole.tensors) {
          #expect(try read.decoded() == written.decoded())
        }
      }
    }
  }

  @Test func aMissingPartIsNamed() throws {
    try withParts { _, paths in
      try FileManager.default.removeItem(atPath: paths[1])
      let error = #expect(throws: GGUFError.self) { try GGUFFile(path: paths[0]) }
      #expect(error?.code == .missingPart)
      #expect(error?.location == .file(paths[1]))
    }
  }

  @Test func aRenamedPartIsAnError() throws {
    try withParts { folder, paths in
      let other = folder.appending(path: "other.gguf").path
      try FileManager.default.copyItem(atPath: paths[0], toPath: other)
      let error = #expect(throws: GGUFError.self) { try GGUFFile(path: other) }
      #expect(error?.code == .invalidSplit)
      #expect(error?.location == .file(other))
    }
  }

  @Test func aPartInTheWrongPlaceIsAnError() throws {
    try withParts { _, paths in
      try FileManager.default.removeItem(atPath: paths[1])
      try FileManager.default.copyItem(atPath: paths[0], toPath: paths[1])
      let error = #expect(throws: GGUFError.self) { try GGUFFile(path: paths[0]) }
      #expect(error?.code == .invalidSplit)
    }
  }

  @Test func aPartOfAnotherModelIsAnError() throws {
    try withParts { _, paths in
      // The same place in another model, with one tensor more.
      var other = GGUFBuilder(metadata: [
        "split.no": .uint16(1), "split.count": .uint16(UInt16(paths.count)),
        "split.tensors.count": .int32(3),
      ])
      other.tensors = [try InMemoryTensor(name: "x", shape: [1], values: [1])]
      try other.write(toPath: paths[1])
      let error = #expect(throws: GGUFError.self) { try GGUFFile(path: paths[0]) }
      #expect(error?.code == .invalidSplit)
      #expect(error?.location == .key("split.tensors.count"))
    }
  }

  @Test func tensorsOfOneNameInTwoPartsAreAnError() throws {
    try withParts { _, paths in
      let tensor = try #require(try GGUFFile(path: paths[0]).tensors.first)
      var other = GGUFBuilder(metadata: [
        "split.no": .uint16(1), "split.count": .uint16(UInt16(paths.count)),
      ])
      other.tensors = [tensor]
      let bytes = try other.serialized()
      try Data(bytes).write(to: URL(filePath: paths[1]))
      let error = #expect(throws: GGUFError.self) { try GGUFFile(path: paths[0]) }
      #expect(error?.code == .duplicateTensor)
    }
  }

  @Test func aPartInMemoryNeedsItsSiblings() throws {
    let metadata: GGUFMetadata = ["split.no": .uint16(0), "split.count": .uint16(2)]
    let bytes = try GGUFBuilder(metadata: metadata).serialized()
    let error = #expect(throws: GGUFError.self) { try GGUFFile(bytes: bytes) }
    #expect(error?.code == .missingPart)
  }

  @Test(arguments: [(2, 2), (-1, 2), (0, 10_000)])
  func impossiblePartNumbers(number: Int32, count: Int32) throws {
    let metadata: GGUFMetadata = ["split.no": .int32(number), "split.count": .int32(count)]
    let bytes = try GGUFBuilder(metadata: metadata).serialized()
    let error = #expect(throws: GGUFError.self) { try GGUFFile(bytes: bytes) }
    #expect(error?.code == .invalidSplit || error?.code == .limitExceeded)
  }
}
