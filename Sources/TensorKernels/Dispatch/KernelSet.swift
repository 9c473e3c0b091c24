internal import CTensorKernels

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The innermost loops for one instruction set.
///
/// All sets give the same bits, so the choice among them is one of speed only. The environment
/// variable `CRIA_KERNELS` (`scalar`, `ssse3`, `avx2`, `avx-vnni`, `avx512`, `avx512-bf16`, `neon`,
/// `neon-dotprod`, `neon-i8mm`) overrides it where this machine supports the set that it names.
///
/// Unchecked because of the pointer alone: the tables are immutable and live forever.
public struct KernelSet: @unchecked Sendable, CustomStringConvertible {
  /// The set's name, as in `CRIA_KERNELS`.
  public let name: String

  /// The instructions that the set needs.
  public let requiredFeatures: CPUFeatures

  /// The functions.
  let table: UnsafePointer<tk_kernels>

  /// The fast codecs, by the type's number; types that are not here are left to plain Swift.
  let codecs: [UInt32: tk_codec]

  private init(
    _ name: String, _ features: CPUFeatures, _ table: UnsafePointer<tk_kernels>,
    _ codecs: UnsafePointer<tk_codecs>? = nil
  ) {
    self.name = name
    requiredFeatures = features
    self.table = table
    self.codecs = Dictionary(
      uniqueKeysWithValues: UnsafeBufferPointer(
        start: codecs?.pointee.codecs, count: codecs?.pointee.count ?? 0
      ).map { ($0.type, $0) })
  }

  /// The set's name.
  public var description: String { name }

  /// Whether this machine can run the set.
  public var isSupported: Bool { CPUFeatures.current.isSuperset(of: requiredFeatures) }

  /// The set in plain Swift, which runs everywhere and defines what the others compute.
  public static let scalar: KernelSet = {
    let table = UnsafeMutablePointer<tk_kernels>.allocate(capacity: 1)
    table.initialize(to: ScalarKernels.table)
    return KernelSet("scalar", [], table)
  }()

  /// The sets compiled for this architecture, slowest first, whether or not this machine can run
  /// them.
  static let compiled: [KernelSet] = {
    var sets = [scalar]
    var next = tk_kernel_sets()
    while let name = next.pointee.name {
      let set = next.pointee
      sets.append(
        KernelSet(
          String(cString: name), CPUFeatures(rawValue: set.features), set.kernels(), set.codecs()))
      next += 1
    }
    return sets
  }()

  /// The sets that this machine can run, slowest first.
  public static let supported: [KernelSet] = compiled.filter(\.isSupported)

  /// The fastest set that this machine can run.
  public static let best: KernelSet = supported.last ?? scalar

  /// The set to use: the one that `CRIA_KERNELS` names, or else the fastest.
  ///
  /// - Throws: ``BackendError/Code-swift.struct/unavailable`` where the variable names a set that
  ///   this machine cannot run, so that a test of that set cannot pass by running another.
  public static func preferred() throws(BackendError) -> KernelSet {
    try preferred(getenv("CRIA_KERNELS").map { String(cString: $0) })
  }

  static func preferred(_ name: String?) throws(BackendError) -> KernelSet {
    guard let name else { return best }
    guard let set = named(name) else {
      throw BackendError(
        .unavailable,
        "CRIA_KERNELS asks for the kernel set \(name), which this machine cannot run; it supports "
          + supported.map(\.name).joined(separator: ", "))
    }
    return set
  }

  /// The supported set of this name, nil where there is none.
  public static func named(_ name: String) -> KernelSet? {
    supported.first { $0.name == name }
  }
}
