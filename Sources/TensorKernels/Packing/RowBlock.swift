/// One block of one row, its fields apart: what the packing of a type makes of the file's bytes.
struct RowBlock {
  /// The bits of the half that scales the block, and of the second half where there is one.
  var scale: UInt16 = 0
  var minimum: UInt16 = 0
  /// The numbers of sub-blocks as the layout stores them, signed bytes included; or the bytes of
  /// scales that are no halves.
  let numbers: UnsafeMutablePointer<UInt8>
  let minima: UnsafeMutablePointer<UInt8>
  /// One code to a byte.
  var codes: UnsafeMutableRawPointer
  /// What decodes the blocks of codebook types.
  let kernels: KernelSet

  /// Sets codes from `column` on to bits `shift` and up of so many bytes, a multiple of eight.
  @inline(__always)
  func set(
    _ column: Int, from bytes: UnsafeRawPointer, count: Int, shift: Int, mask: UInt8
  ) {
    let mask = UInt64(mask) &* 0x0101_0101_0101_0101
    for i in stride(from: 0, to: count, by: 8) {
      let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      codes.storeBytes(
        of: word >> UInt64(shift) & mask, toByteOffset: column + i, as: UInt64.self)
    }
  }

  /// Adds such bits to codes that are set, `to` bits higher.
  @inline(__always)
  func merge(
    _ column: Int, from bytes: UnsafeRawPointer, count: Int, shift: Int, mask: UInt8, to: Int
  ) {
    let mask = UInt64(mask) &* 0x0101_0101_0101_0101
    for i in stride(from: 0, to: count, by: 8) {
      let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) >> UInt64(shift) & mask
      let code = codes.load(fromByteOffset: column + i, as: UInt64.self)
      codes.storeBytes(of: code | word << UInt64(to), toByteOffset: column + i, as: UInt64.self)
    }
  }

  /// Sets 32 codes: the low halves of 16 bytes, then the high ones.
  @inline(__always)
  func setNibbles(_ column: Int, from bytes: UnsafeRawPointer) {
    set(column, from: bytes, count: 16, shift: 0, mask: 15)
    set(column + 16, from: bytes, count: 16, shift: 4, mask: 15)
  }

  /// The bits of a byte, one to a byte.
  @inline(__always)
  static func spread(_ bits: UInt8) -> UInt64 {
    let apart = UInt64(bits) &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
    return (apart &+ 0x7F7F_7F7F_7F7F_7F7F) >> 7 & 0x0101_0101_0101_0101
  }

  /// Adds the bits of four bytes to 32 codes that are set, as bit 4.
  @inline(__always)
  func mergeFifthBits(from bytes: UnsafeRawPointer) {
    for i in 0..<4 {
      let bits = Self.spread(bytes.load(fromByteOffset: i, as: UInt8.self)) << 4
      let code = codes.load(fromByteOffset: 8 * i, as: UInt64.self)
      codes.storeBytes(of: code | bits, toByteOffset: 8 * i, as: UInt64.self)
    }
  }

  /// Sets eight 6-bit scales and minima from the twelve bytes of Q4_K and Q5_K.
  @inline(__always)
  func setSixBits(from bytes: UnsafeRawPointer) {
    let a = bytes.loadUnaligned(as: UInt32.self)
    let b = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    let c = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    let scales = UnsafeMutableRawPointer(numbers)
    let minima = UnsafeMutableRawPointer(minima)
    scales.storeBytes(of: a & 0x3F3F_3F3F, as: UInt32.self)
    scales.storeBytes(
      of: c & 0x0F0F_0F0F | a >> 2 & 0x3030_3030, toByteOffset: 4, as: UInt32.self)
    minima.storeBytes(of: b & 0x3F3F_3F3F, as: UInt32.self)
    minima.storeBytes(
      of: c >> 4 & 0x0F0F_0F0F | b >> 2 & 0x3030_3030, toByteOffset: 4, as: UInt32.self)
  }
}

extension UnsafeRawPointer {
  /// The 16-bit number at `offset`.
  @inline(__always)
  func word(_ offset: Int) -> UInt16 { loadUnaligned(fromByteOffset: offset, as: UInt16.self) }

  /// The byte at `offset`.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}
