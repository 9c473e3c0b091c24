import CTensorKernels
import Testing

@testable import TensorKernels

@Suite struct DispatchTests {
  @Test func featureBitsAreUnique() {
    let features: [CPUFeatures] = [
      .ssse3, .avx2, .avxVNNI, .avx512, .avx512VNNI, .avx512BF16, .neon, .neonDotProduct,
      .neonI8MM,
    ]
    for feature in features { #expect(feature.rawValue.nonzeroBitCount == 1) }
    #expect(Set(features.map(\.rawValue)).count == features.count)
  }

  @Test func featuresFitTheArchitecture() {
    let current = CPUFeatures.current
    #if arch(x86_64)
      #expect(current.isDisjoint(with: [.neon, .neonDotProduct, .neonI8MM]))
    #elseif arch(arm64)
      #expect(current.contains(.neon))
      #expect(
        current.isDisjoint(with: [.ssse3, .avx2, .avxVNNI, .avx512, .avx512VNNI, .avx512BF16]))
    #endif
    if current.contains(.avx512VNNI) { #expect(current.contains(.avx512)) }
    if current.contains(.avx512BF16) { #expect(current.contains(.avx512)) }
    if current.contains(.avxVNNI) { #expect(current.contains(.avx2)) }
    if current.contains(.avx512) { #expect(current.contains(.avx2)) }
    if current.contains(.avx2) { #expect(current.contains(.ssse3)) }
  }

  @Test func scalarIsAlwaysThere() {
    #expect(KernelSet.supported.first?.name == "scalar")
    #expect(KernelSet.named("scalar")?.isSupported == true)
    #expect(KernelSet.named("none such") == nil)
  }

  @Test func namesAreUniqueAndFound() {
    let names = KernelSet.compiled.map(\.name)
    #expect(Set(names).count == names.count)
    for set in KernelSet.supported {
      #expect(KernelSet.named(set.name)?.table == set.table)
      #expect(set.description == set.name)
    }
    #if arch(x86_64)
      #expect(names == ["scalar", "ssse3", "avx2", "avx-vnni", "avx512", "avx512-bf16"])
    #elseif arch(arm64)
      #expect(names == ["scalar", "neon", "neon-dotprod", "neon-i8mm"])
    #endif
  }

  @Test func choice() throws {
    #expect(KernelSet.best.isSupported)
    #expect(try KernelSet.preferred("scalar").name == "scalar")
    #expect(try KernelSet.preferred(nil).name == KernelSet.supported.last?.name)
    let error = #expect(throws: BackendError.self) { try KernelSet.preferred("none such") }
    #expect(error?.code == .unavailable)
  }
}
