/// Memory for a kernel to read or write, aligned as the kernels expect, with a guard behind it.
final class Aligned<Element: BitwiseCopyable> {
  let count: Int
  let pointer: UnsafeMutablePointer<Element>
  private static var guardBytes: Int { 256 }

  init(_ elements: [Element]) {
    count = elements.count
    let bytes = count * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes + Self.guardBytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes + Self.guardBytes)
    pointer = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    for i in 0..<count { pointer[i] = elements[i] }
  }

  convenience init(repeating element: Element, count: Int) {
    self.init([Element](repeating: element, count: count))
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Whether nothing was written behind the end.
  var isGuardIntact: Bool {
    let end = UnsafeRawPointer(pointer) + count * MemoryLayout<Element>.stride
    return (0..<Self.guardBytes).allSatisfy { end.load(fromByteOffset: $0, as: UInt8.self) == 0xA5 }
  }
}

/// Whether two results are the same bits; NaNs count as the same whatever their payload.
func same(_ a: Float, _ b: Float) -> Bool {
  a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
}

func same(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
}
