// Reading and writing a block's fields. A format's entry points check the sizes of the whole
// call once; inside, these do not check again.

extension RawSpan {
  /// The byte at `offset`.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 {
    unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// The signed byte at `offset`.
  @inline(__always)
  func signedByte(_ offset: Int) -> Int8 { Int8(bitPattern: byte(offset)) }

  /// The little-endian 16-bit number at `offset`.
  @inline(__always)
  func word(_ offset: Int) -> UInt16 {
    UInt16(
      littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
  }

  /// The little-endian 32-bit number at `offset`.
  @inline(__always)
  func doubleWord(_ offset: Int) -> UInt32 {
    UInt32(
      littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
  }

  /// The little-endian integer at `offset`.
  @inline(__always)
  func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
    T(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
  }

  /// The half-precision number at `offset`.
  @inline(__always)
  func half(_ offset: Int) -> Float { HalfPrecision.float(word(offset)) }
}

extension MutableRawSpan {
  /// Writes a byte.
  @inline(__always)
  mutating func store(_ byte: UInt8, at offset: Int) {
    storeBytes(of: byte, toUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// Writes a little-endian 16-bit number.
  @inline(__always)
  mutating func store(word: UInt16, at offset: Int) {
    storeBytes(of: word.littleEndian, toUncheckedByteOffset: offset, as: UInt16.self)
  }

  /// Writes a little-endian 32-bit number.
  @inline(__always)
  mutating func store(doubleWord: UInt32, at offset: Int) {
    storeBytes(of: doubleWord.littleEndian, toUncheckedByteOffset: offset, as: UInt32.self)
  }

  /// Writes `value` as the nearest half.
  @inline(__always)
  mutating func store(half value: Float, at offset: Int) {
    store(word: HalfPrecision.bits(value), at: offset)
  }

  /// Writes a little-endian integer.
  @inline(__always)
  mutating func store<T: FixedWidthInteger & BitwiseCopyable>(integer: T, at offset: Int) {
    storeBytes(of: integer.littleEndian, toUncheckedByteOffset: offset, as: T.self)
  }
}
