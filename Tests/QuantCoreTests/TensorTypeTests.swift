import QuantCore
import TestSupport
import Testing

@Suite struct TensorTypeTests {
  @Test func numbersAndNamesAreUnique() {
    #expect(Set(TensorType.allCases.map(\.rawValue)).count == TensorType.allCases.count)
    #expect(Set(TensorType.allCases.map(\.name)).count == TensorType.allCases.count)
  }

  @Test(arguments: TensorType.allCases)
  func findsTheTypeByNumberAndName(_ type: TensorType) throws {
    #expect(try TensorType(ggufID: type.rawValue) == type)
    #expect(TensorType(name: type.name) == type)
    #expect(TensorType(name: type.name.lowercased()) == type)
    #expect(type.description == type.name)
  }

  @Test(arguments: [4, 5, 31, 32, 33, 36, 37, 38] as [UInt32])
  func rejectsRemovedNumbers(_ id: UInt32) {
    let error = #expect(throws: QuantError.self) { try TensorType(ggufID: id) }
    #expect(error?.code == .removedType)
    #expect(error?.location == .typeID(id))
  }

  @Test(arguments: [43, 100, 1 << 16, .max] as [UInt32])
  func rejectsUnknownNumbers(_ id: UInt32) {
    let error = #expect(throws: QuantError.self) { try TensorType(ggufID: id) }
    #expect(error?.code == .unknownType)
    #expect(error?.description.contains("\(id)") == true)
  }

  @Test func unknownNamesGiveNothing() {
    #expect(TensorType(name: "Q9_K") == nil)
    #expect(TensorType(name: "") == nil)
  }

  @Test(arguments: TensorType.allCases)
  func countsBytes(_ type: TensorType) throws {
    #expect(try type.byteCount(elements: 0) == 0)
    #expect(try type.byteCount(elements: 3 * type.blockSize) == 3 * type.blockBytes)
    #expect(try type.byteCount(shape: [type.blockSize, 2, 3]) == 6 * type.blockBytes)
    #expect(type.bitsPerWeight * Double(type.blockSize) == Double(8 * type.blockBytes))
    let negative = #expect(throws: QuantError.self) { try type.byteCount(elements: -1) }
    #expect(negative?.code == .sizeOverflow)
    guard type.isQuantized else { return }
    for elements in [1, type.blockSize - 1, type.blockSize + 1] {
      let error = #expect(throws: QuantError.self) { try type.byteCount(elements: elements) }
      #expect(error?.code == .partialBlock)
    }
    // 2 * half a block is a whole block, but neither row is.
    let rows = #expect(throws: QuantError.self) {
      try type.byteCount(shape: [type.blockSize / 2, 2])
    }
    #expect(rows?.code == .partialBlock)
  }

  @Test func reportsSizesThatOverflow() {
    let largest = Int.max / 8 * 8
    for type in [TensorType.f32, .f64, .f16] {
      let error = #expect(throws: QuantError.self) { try type.byteCount(elements: largest) }
      #expect(error?.code == .sizeOverflow)
    }
    let shape = #expect(throws: QuantError.self) {
      try TensorType.q4K.byteCount(shape: [1 << 40, 1 << 40])
    }
    #expect(shape?.code == .sizeOverflow)
    #expect(throws: QuantError.self) { try TensorType.f32.byteCount(shape: [4, 0]) }
    #expect(throws: QuantError.self) { try TensorType.f32.byteCount(shape: [-4]) }
    #expect(throws: QuantError.self) { try TensorType.f32.byteCount(shape: [0, .max, .max]) }
  }

  @Test(arguments: TensorType.allCases)
  func formatsAgreeWithTheTable(_ type: TensorType) throws {
    let format = type.format
    #expect(format.type == type)
    #expect(format.blockSize == type.blockSize)
    #expect(format.blockBytes == type.blockBytes)
    for field in format.multibyteFields {
      #expect([2, 4, 8].contains(field.width))
      #expect(field.offset + field.width * field.count <= type.blockBytes)
    }
  }

  @Test func knowsTheFieldsOfTypesThatAreNotQuantized() {
    #expect(TensorType.i8.multibyteFields == [])
    #expect(TensorType.i16.multibyteFields == [BlockField(offset: 0, width: 2)])
    #expect(TensorType.f64.multibyteFields == [BlockField(offset: 0, width: 8)])
  }
}
