internal import CTensorKernels

/// Instruction sets that the kernels use, where both the processor and the operating system
/// support them.
public struct CPUFeatures: OptionSet, Sendable, Hashable {
  /// One bit per feature.
  public let rawValue: UInt32

  /// Features from their bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// SSSE3 and SSE4.1.
  public static let ssse3 = CPUFeatures(rawValue: TK_CPU_SSSE3)
  /// AVX2 with FMA and F16C.
  public static let avx2 = CPUFeatures(rawValue: TK_CPU_AVX2)
  /// The 8-bit dot products of AVX-VNNI.
  public static let avxVNNI = CPUFeatures(rawValue: TK_CPU_AVX_VNNI)
  /// AVX-512 F, BW, DQ and VL.
  public static let avx512 = CPUFeatures(rawValue: TK_CPU_AVX512)
  /// The 8-bit dot products of AVX-512 VNNI.
  public static let avx512VNNI = CPUFeatures(rawValue: TK_CPU_AVX512_VNNI)
  /// The products of bfloat16s of AVX-512 BF16.
  public static let avx512BF16 = CPUFeatures(rawValue: TK_CPU_AVX512_BF16)
  /// Arm's Advanced SIMD.
  public static let neon = CPUFeatures(rawValue: TK_CPU_NEON)
  /// The 8-bit dot products of Armv8.2.
  public static let neonDotProduct = CPUFeatures(rawValue: TK_CPU_NEON_DOTPROD)
  /// The 8-bit matrix products of Armv8.6 (i8mm).
  public static let neonI8MM = CPUFeatures(rawValue: TK_CPU_NEON_I8MM)

  /// What this machine has.
  public static let current = CPUFeatures(rawValue: tk_cpu_features())
}
