// Measures the matrix products of a kernel set, one thread: weight bytes per second with one token
// (to compare with the rate at which memory is read) and multiply-adds per second with more.
//
// usage: swift run -c release kernel-bench [set ...]     (such as avx2; all that run here)

import CTensorKernels

let (rows, k) = (2048, 8192)
let families: [(name: String, kernel: Int, bytesPerBlock: Int, block: Int)] = [
  ("F32", Int(TK_F32), 4, 1), ("F16", Int(TK_F16), 2, 1), ("BF16", Int(TK_BF16), 2, 1),
  ("Q8_0", Int(TK_Q8_0), 34, 32), ("Q4_0", Int(TK_Q4_0), 18, 32), ("Q4_1", Int(TK_Q4_1), 20, 32),
  ("Q5_0", Int(TK_Q5_0), 22, 32), ("Q5_1", Int(TK_Q5_1), 24, 32), ("Q1_0", Int(TK_Q1_0), 18, 128),
  ("Q2_0", Int(TK_Q2_0), 18, 64), ("IQ4_NL", Int(TK_IQ4_NL), 18, 32),
  ("MXFP4", Int(TK_MXFP4), 17, 32), ("NVFP4", Int(TK_NVFP4), 18, 32),
  ("Q2_K", Int(TK_Q2_K), 84, 256), ("Q3_K", Int(TK_Q3_K), 110, 256),
  ("Q4_K", Int(TK_Q4_K), 144, 256), ("Q5_K", Int(TK_Q5_K), 176, 256),
  ("Q6_K", Int(TK_Q6_K), 210, 256), ("IQ4_XS", Int(TK_IQ4_XS), 136, 256),
  ("IQ3_S", Int(TK_IQ3_S), 136, 256), ("IQ3_XXS", Int(TK_IQ3_XXS), 136, 256),
  ("IQ2", Int(TK_IQ2), 110, 256), ("IQ1", Int(TK_IQ1), 110, 256),
  ("ternary", Int(TK_TERNARY), 66, 256),
]

/// The sets that this processor can run, by name.
let sets: [(name: String, kernels: tk_kernels)] = {
  var sets: [(String, tk_kernels)] = []
  var next = tk_kernel_sets()
  while let name = next.pointee.name {
    if tk_cpu_features() & next.pointee.features == next.pointee.features {
      sets.append((String(cString: name), next.pointee.kernels().pointee))
    }
    next += 1
  }
  return sets
}()

/// Seconds of the fastest of several runs.
func fastest(_ runs: Int, _ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  let best = (0..<runs).map { _ in clock.measure(body) }.min() ?? .zero
  return Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
}

func allocate<T>(_ type: T.Type, _ count: Int, value: T) -> UnsafeMutablePointer<T> {
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: count * MemoryLayout<T>.stride, alignment: 64)
  return memory.initializeMemory(as: type, repeating: value, count: count)
}

func readRate() -> Double {
  let count = 32 << 20
  let words = allocate(UInt64.self, count, value: 1)
  defer { words.deallocate() }
  var sum: UInt64 = 0
  let seconds = fastest(4) {
    var lanes = SIMD8<UInt64>.zero
    for i in stride(from: 0, to: count, by: 8) {
      lanes &+= UnsafeRawPointer(words + i).load(as: SIMD8<UInt64>.self)
    }
    sum &+= lanes.wrappedSum()
  }
  precondition(sum > 0)
  return Double(count * 8) / seconds / 1e9
}

func decimal(_ value: Double) -> String {
  let tenths = Int(value * 10 + 0.5)
  let text = "\(tenths / 10).\(tenths % 10)"
  return String(repeating: " ", count: max(0, 7 - text.count)) + text
}

func measure(_ kernels: tk_kernels, family: Int) -> String {
  let (name, kernel, bytesPerBlock, block) = families[family]
  let matmul = kernels.matmul[kernel]
  let tokens = 128
  let matrixBytes = rows * k / block * bytesPerBlock
  let copies = (200 << 20) / matrixBytes + 1  // more than any cache holds
  let weights = allocate(UInt8.self, matrixBytes * copies, value: 0x2B)
  let values = allocate(Float.self, tokens * k, value: 0)
  for i in 0..<tokens * k { values[i] = Float(i % 17) - 8 }
  let codes = allocate(Int8.self, tokens * k, value: 0)
  let scales = allocate(Float.self, tokens * k / 32, value: 0)
  let sums = allocate(Int16.self, tokens * k / 16, value: 0)
  let out = allocate(Float.self, tokens * rows, value: 0)
  let arrangement = kernels.arrangements?[kernel]
  let arranged = allocate(
    UInt8.self, tokens * k / 256 * Int(arrangement?.row_bytes ?? 0), value: 0)
  defer {
    arranged.deallocate()
    weights.deallocate()
    values.deallocate()
    codes.deallocate()
    scales.deallocate()
    sums.deallocate()
    out.deallocate()
  }
  if block > 1 {
    (block == 32 ? kernels.quantize32 : kernels.quantize256)(
      values, tokens * k, codes, scales, sums)
  }
  var x = tk_activations(
    values: values, values_stride: k, codes: codes, scales: scales, sums: sums, k: k,
    arranged: nil)
  if let arrangement {
    for token in 0..<tokens { arrangement.arrange(&x, token, tokens, arranged) }
    x.arranged = UnsafeRawPointer(arranged)
  }

  let panels = rows / 16
  let perCall = 16
  func multiply(_ matrix: Int, _ tokens: Int) {
    for panel in stride(from: 0, to: panels, by: perCall) {
      matmul(
        weights + matrix * matrixBytes + panel * (matrixBytes / panels), perCall, &x, tokens,
        out + 16 * panel, rows)
    }
  }
  let one = fastest(3) { for matrix in 0..<copies { multiply(matrix, 1) } }
  var line = name + String(repeating: " ", count: 8 - name.count)
  line += decimal(Double(matrixBytes * copies) / one / 1e9) + " GB/s |"
  for count in [2, 4, 8, tokens] {
    let seconds = fastest(3) { multiply(0, count) }
    line += decimal(Double(rows * k * count) / seconds / 1e9)
  }
  return line + " G multiply-adds/s"
}

print(
  "memory is read at \(decimal(readRate())) GB/s; \(rows) x \(k) matrices, 1 | 2, 4, 8, 128 tokens")
let named = Array(CommandLine.arguments.dropFirst())
for set in sets where named.isEmpty || named.contains(set.name) {
  print(set.name)
  for family in families.indices { print(measure(set.kernels, family: family)) }
}
