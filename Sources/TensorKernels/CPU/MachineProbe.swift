import QuantCore
import Synchronization

/// What this machine can do at best, measured in about a second, to compare a model's speed with.
public struct MachineProbe: Sendable, Equatable {
  /// Bytes per second that all threads together read from memory.
  public var readBandwidth: Double
  /// Multiply-adds per second of all threads together in a product of 4-bit weights with 8-bit
  /// activations that fits the processor's caches.
  public var multiplyAdds: Double

  /// Measures with a backend's threads and kernels; nothing else should run meanwhile.
  ///
  /// - Throws: ``BackendError/Code/outOfMemory`` where there is no room for 256 MiB. Less than 1 GiB
  ///   leaves a part of what is read in the caches of larger processors.
  public init(_ backend: CPUBackend) throws(BackendError) {
    readBandwidth = try Self.readBandwidth(backend)
    multiplyAdds = try Self.multiplyAdds(backend)
  }

  /// So many times the caches of ordinary processors that what these keep from the pass before does
  /// not count; less where there is no room.
  private static var probeBytes: Int {
    let most = 1 << 30
    return SystemMemory.current.map { $0.hasRoom(for: most) } ?? true ? most : most / 4
  }
  private static let duration = Duration.milliseconds(500)

  /// The fastest of some passes over the memory: whatever else the machine does only slows it down.
  private static func readBandwidth(_ backend: CPUBackend) throws(BackendError) -> Double {
    let probeBytes = probeBytes
    guard let memory = AlignedMemory(byteCount: probeBytes, isUsedWhole: true) else {
      throw BackendError(.outOfMemory, "no memory for a probe of \(probeBytes) bytes")
    }
    // Pages that were never written are all the same page.
    let chunk = 1 << 20
    backend.pool.run(tasks: probeBytes / chunk) { task, _ in
      (memory.pointer + task * chunk).initializeMemory(as: UInt8.self, repeating: 1, count: chunk)
    }
    return fastest(of: Double(probeBytes)) {
      backend.pool.run(tasks: probeBytes / chunk) { task, _ in
        let part = UnsafeRawBufferPointer(start: memory.pointer + task * chunk, count: chunk)
        sink.wrappingAdd(sum(part), ordering: .relaxed)
      }
    }
  }

  private static func multiplyAdds(_ backend: CPUBackend) throws(BackendError) -> Double {
    let (outputs, inputs, tokens) = (512, 1024, 128)
    let tensor: InMemoryTensor
    do throws(QuantError) {
      let bytes = (0..<outputs * inputs / 32 * 18).map { UInt8(truncatingIfNeeded: $0 * 37 % 121) }
      tensor = try InMemoryTensor(
        name: "probe", type: .q4_0, shape: [inputs, outputs], bytes: bytes)
    } catch {
      throw BackendError(.invalidTensor, error.description)
    }
    let weight = try backend.prepareWeight(tensor, as: .matrix)
    let x = backend.makeActivations(
      rows: tokens, columns: inputs,
      values: (0..<tokens * inputs).map { Float($0 % 19) - 9 })
    let out = backend.makeActivations(rows: tokens, columns: outputs)
    return fastest(of: Double(outputs * inputs * tokens)) { backend.matmul(x, weight, into: out) }
  }

  /// Units per second of the fastest call among those of half a second.
  private static func fastest(of units: Double, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let end = clock.now + duration
    var best = Duration.seconds(1000)
    repeat { best = min(best, clock.measure(body)) } while clock.now < end
    return units / (best / .seconds(1))
  }

  private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var lanes = (SIMD8<UInt64>.zero, SIMD8<UInt64>.zero)
    var offset = 0
    while offset + 128 <= bytes.count {
      lanes.0 &+= bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
      lanes.1 &+= bytes.loadUnaligned(fromByteOffset: offset + 64, as: SIMD8<UInt64>.self)
      offset += 128
    }
    return (lanes.0 &+ lanes.1).wrappedSum()
  }

  /// Takes results, so that the compiler keeps what computes them.
  private static let sink = Atomic<UInt64>(0)
}
