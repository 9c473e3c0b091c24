import QuantCore
import TensorKernels
import Testing

@Suite struct DynamicQuantizerTests {
  @Test(arguments: KernelSet.supported, DynamicQuantization.Block.allCases)
  func equalsPlainSwift(set: KernelSet, block: DynamicQuantization.Block) throws {
    let values = QuantizeTests.inputs(block: block.rawValue)
    let result = try DynamicQuantizer(kernels: set).quantize(values.span, in: block)
    let expected = try DynamicQuantization.quantize(values.span, in: block)
    #expect(result.codes == expected.codes)
    #expect(same(result.scales, expected.scales))
    #expect(result.sums == expected.sums)
  }

  @Test func sizesAreChecked() throws {
    let empty: [Float] = []
    let nothing = try DynamicQuantizer().quantize(empty.span, in: .q8_0)
    #expect(nothing.codes.isEmpty && nothing.scales.isEmpty)
    let odd = [Float](repeating: 1, count: 33)
    let error = #expect(throws: QuantError.self) {
      try DynamicQuantizer().quantize(odd.span, in: .q8_0)
    }
    #expect(error?.code == .partialBlock)
  }
}
