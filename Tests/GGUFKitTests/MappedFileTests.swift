import Foundation
import GGUFFuzzing
import GGUFKit
import QuantCore
import Testing

@Suite struct MappedFileTests {
  @Test func filesThatCannotBeOpened() throws {
    try withTemporaryFolder { folder in
      func error(_ name: String) -> GGUFError? {
        #expect(throws: GGUFError.self) {
          try GGUFFile(contentsOf: folder.appending(path: name))
        }
      }
      #expect(error("missing.gguf")?.code == .cannotOpen)
      #expect(error("missing.gguf")?.cause != nil)
      #expect(error("")?.code == .cannotOpen)
      #expect(error("")?.message.contains("folder") == true)
      try Data().write(to: folder.appending(path: "empty.gguf"))
      #expect(error("empty.gguf")?.code == .cannotOpen)
      #expect(error("empty.gguf")?.message.contains("empty") == true)
      try Data("GGU".utf8).write(to: folder.appending(path: "short.gguf"))
      #expect(error("short.gguf")?.code == .truncated)
      #expect(error("short.gguf")?.description.contains("short.gguf") == true)
    }
    let remote = try #require(URL(string: "https://example.com/model.gguf"))
    let error = #expect(throws: GGUFError.self) { try GGUFFile(contentsOf: remote) }
    #expect(error?.code == .cannotOpen)
  }

  @Test func aTruncatedFileIsFoundBeforeAnyTensorIsRead() throws {
    try withTemporaryFolder { folder in
      let bytes = try SampleFile.builder().serialized()
      let url = folder.appending(path: "short.gguf")
      try Data(bytes.dropLast(16)).write(to: url)
      let error = #expect(throws: GGUFError.self) { try GGUFFile(contentsOf: url) }
      #expect(error?.code == .truncated)
      #expect(error?.location == .tensor("tensor.short"))
    }
  }

  @Test func readsWhatIsInMemoryTheSame() throws {
    try withTemporaryFolder { folder in
      let bytes = try SampleFile.builder().serialized()
      let url = folder.appending(path: "model.gguf")
      try Data(bytes).write(to: url)
      let mapped = try GGUFFile(contentsOf: url)
      let memory = try GGUFFile(bytes: bytes)
      #expect(mapped.metadata == memory.metadata)
      #expect(mapped.fileBytes == bytes.count)
      for (left, right) in zip(mapped.tensors, memory.tensors) {
        #expect(try left.decoded() == right.decoded())
        #expect(left.offset % 32 == 0)
      }
    }
  }

  /// Eight gigabytes that are nowhere: only a reader that leaves tensors alone opens it at once.
  @Test func openingDoesNotReadTensors() throws {
    try withTemporaryFolder { folder in
      var raw = RawFile(tensors: 1)
      raw.tensor("huge", shape: [1 << 20, 1 << 11])
      raw.pad()
      let url = folder.appending(path: "sparse.gguf")
      try Data(raw.bytes).write(to: url)
      let handle = try FileHandle(forWritingTo: url)
      try handle.truncate(atOffset: UInt64(raw.bytes.count) + 1 << 33)
      try handle.close()
      let file = try GGUFFile(contentsOf: url)
      let tensor = try #require(file.tensors.first)
      #expect(tensor.byteCount == 1 << 33)
      let last = tensor.withBytes { bytes in
        bytes.unsafeLoadUnaligned(fromByteOffset: (1 << 33) - 4, as: UInt32.self)
      }
      #expect(last == 0)
    }
  }

  @Test func discardedPagesAreReadAgain() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.gguf")
      let values = (0..<100_000).map { Float($0) }
      let tensor = try InMemoryTensor(name: "large", shape: [1000, 100], values: values)
      let small = try InMemoryTensor(name: "small", shape: [3], values: [1, 2, 3])
      try GGUFBuilder(tensors: [small, tensor, small.renamed("last")]).write(to: url)
      let file = try GGUFFile(contentsOf: url)
      for tensor in file.tensors {
        let before = try tensor.decoded()
        tensor.discardPages()
        #expect(try tensor.decoded() == before)
      }
      #expect(try file.tensor(named: "large")?.decoded() == values)
    }
  }

  @Test func aTensorKeepsItsFileOpen() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.gguf")
      let stored = try InMemoryTensor(name: "t", shape: [3], values: [1, 2, 3])
      try GGUFBuilder(tensors: [stored]).write(to: url)
      let tensor = try #require(try GGUFFile(contentsOf: url).tensors.first)
      try FileManager.default.removeItem(at: url)
      #expect(try tensor.decoded() == [1, 2, 3])
    }
  }
}
