import Foundation
import GGUFFuzzing
import GGUFKit
import QuantCore
import Testing

@Suite struct BuilderTests {
  private static let variants: [GGUFWriter.Options] =
    ([1, 2, 3] as [UInt32]).flatMap { version in
      [ByteOrder.littleEndian, .bigEndian].map { .init(version: version, byteOrder: $0) }
    }

  @Test(arguments: variants)
  func roundTrip(_ options: GGUFWriter.Options) throws {
    let builder = try SampleFile.builder(options: options)
    let file = try GGUFFile(bytes: builder.serialized())
    #expect(file.version == options.version)
    #expect(file.byteOrder == options.byteOrder)
    #expect(file.metadata == builder.metadata)
    #expect(file.tensors.map(\.name) == builder.tensors.map(\.name))
    for (read, written) in zip(file.tensors, builder.tensors) {
      #expect(read.shape == written.shape)
      #expect(read.type == written.type)
      let same = read.withBytes { left in
        written.withBytes { right in
          left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
        }
      }
      #expect(same, "\(read.name)")
    }
  }

  @Test(arguments: [1, 16, 64, 4096])
  func alignment(_ alignment: Int) throws {
    let builder = try SampleFile.builder(options: .init(alignment: alignment))
    let file = try GGUFFile(bytes: builder.serialized())
    #expect(file.alignment == alignment)
    #expect(file[.alignment] == alignment)
    #expect(file.tensors.allSatisfy { $0.offset % alignment == 0 })
  }

  @Test func alignmentOfTheMetadataIsUsed() throws {
    let tensor = try InMemoryTensor(name: "t", shape: [1], values: [1])
    let builder = GGUFBuilder(metadata: ["general.alignment": .uint32(256)], tensors: [tensor])
    let file = try GGUFFile(bytes: builder.serialized())
    #expect(file.tensors[0].offset == 256)
  }

  @Test func writesTheSameBytesToDisk() throws {
    try withTemporaryFolder { folder in
      let builder = try SampleFile.builder()
      let url = folder.appending(path: "model.gguf")
      try builder.write(to: url)
      #expect(try [UInt8](Data(contentsOf: url)) == builder.serialized())
      // Writing again replaces the file, and leaves nothing else.
      try builder.write(to: url)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names == ["model.gguf"])
    }
  }

  @Test func anUnfinishedFileLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "model.gguf").path
      let declared = [GGUFWriter.Declaration(name: "t", type: .f32, shape: [2])]
      func unfinished() throws -> GGUFError? {
        var writer = try GGUFWriter(path: path, metadata: [:], tensors: declared)
        do throws(GGUFError) {
          try writer.append([UInt8](repeating: 0, count: 4).span.bytes)
          return nil
        } catch {
          return error
        }
      }
      #expect(try unfinished()?.code == .invalidTensor)
      let writer = try GGUFWriter(path: path, metadata: [:], tensors: declared)
      do throws(GGUFError) {
        try writer.finish()
        Issue.record("a file without its tensor was finished")
      } catch {
        #expect(error.location == .tensor("t"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func writesTensorsOneByOne() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "model.gguf").path
      let declared = [
        GGUFWriter.Declaration(name: "a", type: .f32, shape: [2]),
        GGUFWriter.Declaration(name: "b", type: .q8_0, shape: [32, 2]),
      ]
      var writer = try GGUFWriter(path: path, metadata: ["k": .bool(true)], tensors: declared)
      let blocks: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]
      try writer.append(blocks.span.bytes)
      try writer.append([UInt8](repeating: 7, count: 68).span.bytes)
      do throws(GGUFError) {
        try writer.append(blocks.span.bytes)
        Issue.record("a third tensor was written")
      } catch {
        #expect(error.code == .invalidTensor)
      }
      try writer.finish()
      let file = try GGUFFile(path: path)
      #expect(try file.tensor(named: "a")?.decoded() == [1, 2])
      #expect(file.tensor(named: "b")?.byteCount == 68)
    }
  }

  @Test func rejectsWhatNoFileCanHold() throws {
    func code(_ builder: GGUFBuilder) -> GGUFError.Code? {
      do throws(GGUFError) {
        _ = try builder.serialized()
        return nil
      } catch {
        return error.code
      }
    }
    let tensor = try InMemoryTensor(name: "t", shape: [1], values: [1])
    #expect(code(GGUFBuilder(tensors: [tensor, tensor])) == .duplicateTensor)
    #expect(code(GGUFBuilder(options: .init(version: 4))) == .unsupportedVersion)
    #expect(code(GGUFBuilder(options: .init(alignment: 24))) == .invalidValue)
    let long = try tensor.renamed(String(repeating: "n", count: 2000))
    #expect(code(GGUFBuilder(tensors: [long])) == .invalidTensor)
    let flat = try InMemoryTensor(name: "t", shape: [], values: [1])
    #expect(code(GGUFBuilder(tensors: [flat])) == .invalidTensor)
    let key = String(repeating: "k", count: 70_000)
    #expect(code(GGUFBuilder(metadata: [key: .bool(true)])) == .limitExceeded)
  }

  @Test func foldersThatAreMissingGiveAnError() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: GGUFError.self) {
        try GGUFBuilder().write(to: folder.appending(path: "no/model.gguf"))
      }
      #expect(error?.code == .cannotWrite)
    }
  }
}
