import QuantCore
import Testing

@Suite struct InMemoryTensorTests {
  @Test func knowsItsSizes() throws {
    let tensor = try InMemoryTensor(
      name: "t", type: .q4_0, shape: [64, 3, 2], bytes: [UInt8](repeating: 0, count: 12 * 18))
    #expect(tensor.columns == 64)
    #expect(tensor.rows == 6)
    #expect(tensor.elementCount == 384)
    #expect(tensor.byteCount == 216)
    let byteCount = tensor.withBytes { $0.byteCount }
    #expect(byteCount == 216)
    tensor.discardPages()
  }

  @Test func encodesAndDecodes() throws {
    let values = (0..<64).map { Float($0) - 32 }
    let exact = try InMemoryTensor(name: "t", shape: [32, 2], values: values)
    #expect(exact.type == .f32)
    #expect(try exact.decoded() == values)
    let weights = [Float](repeating: 1, count: 32)
    let small = try InMemoryTensor(
      name: "t", shape: [32, 2], values: values, as: .q8_0, importance: weights)
    #expect(small.bytes.count == 68)
    #expect(zip(try small.decoded(), values).allSatisfy { abs($0 - $1) < 0.2 })
  }

  @Test func rejectsWhatDoesNotFit() {
    func code(_ make: () throws(QuantError) -> InMemoryTensor) -> QuantError.Code? {
      do throws(QuantError) {
        _ = try make()
        return nil
      } catch {
        #expect(error.location == .tensor("t"))
        #expect(error.description.contains("tensor t"))
        return error.code
      }
    }
    #expect(
      code { () throws(QuantError) in
        try InMemoryTensor(name: "t", type: .f32, shape: [2], bytes: [0])
      } == .sizeMismatch)
    #expect(
      code { () throws(QuantError) in
        try InMemoryTensor(name: "t", shape: [2], values: [1])
      } == .sizeMismatch)
    #expect(
      code { () throws(QuantError) in
        try InMemoryTensor(name: "t", shape: [2], values: [1, 2], importance: [1])
      } == .sizeMismatch)
    #expect(
      code { () throws(QuantError) in
        try InMemoryTensor(name: "t", shape: [2], values: [1, 2], as: .q8_0)
      } == .partialBlock)
    #expect(
      code { () throws(QuantError) in
        try InMemoryTensor(name: "t", shape: [-2], values: [1, 2])
      } == .invalidShape)
    #expect(
      code { () throws(QuantError) in
        try InMemoryTensor(name: "t", shape: [1 << 40, 1 << 40], values: [])
      } == .sizeOverflow)
  }
}
