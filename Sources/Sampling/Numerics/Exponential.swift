// Own versions of two functions of the C library: theirs differ in the last bit between platforms,
// and a seed must give the same tokens on all of them.

/// e to the power of `x`, within two units in the last place of the result; 0 for NaN and where
/// the result is less than the smallest normal number, infinity from 88.73 on.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`; a polynomial of degree six (the Taylor series) gives
/// `e^r`, and `n` goes to the exponent bits.
@inline(__always)
func exponential(_ x: Float) -> Float {
  guard x > -87.33 else { return 0 }
  guard x < 88.73 else { return .infinity }
  // Adding and subtracting 1.5 * 2^23 rounds to an integer without a call to the C library.
  let n = (x * 1.442_695_04 + 0x1.8p23) - 0x1.8p23
  // ln 2 in two parts, the first exact in few enough bits that n times it is exact.
  let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4
  var p: Float = 1.0 / 720
  p = p * r + 1.0 / 120
  p = p * r + 1.0 / 24
  p = p * r + 1.0 / 6
  p = p * r + 0.5
  p = p * r + 1
  p = p * r + 1
  // Two factors, because 2^128 alone is not a number although e^88.72 is.
  let half = Int32(n) >> 1
  let rest = Int32(n) - half
  return p * Float(bitPattern: UInt32(bitPattern: (half + 127) << 23))
    * Float(bitPattern: UInt32(bitPattern: (rest + 127) << 23))
}

/// The natural logarithm of a positive number: negative infinity for 0 and below, NaN for NaN.
///
/// `x = m 2^e` with `m` near 1, and `ln m = 2 atanh((m - 1) / (m + 1))` by its series, in double
/// precision.
func logarithm(_ x: Float) -> Float {
  guard x > 0 else { return x.isNaN ? x : -.infinity }
  guard x < .infinity else { return x }
  var significand = Double(x.significand)
  var exponent = Double(x.exponent)
  if significand > 1.414_213_562 {
    significand /= 2
    exponent += 1
  }
  let s = (significand - 1) / (significand + 1)
  let square = s * s
  var sum = 0.0
  for divisor in stride(from: 15.0, through: 1, by: -2) {
    sum = sum * square + 1 / divisor
  }
  return Float(2 * s * sum + exponent * 0.693_147_180_559_945_3)
}

/// `base` to the power of `exponent`, for a base of 0 or more, as ``exponential(_:)`` of a product.
func power(_ base: Float, _ exponent: Float) -> Float {
  if exponent == 0 { return 1 }
  guard base > 0 else { return exponent > 0 ? 0 : .infinity }
  return exponential(exponent * logarithm(base))
}

/// The logarithm to base 2 of a positive number, as ``logarithm(_:)`` gives the natural one.
func binaryLogarithm(_ x: Float) -> Float { logarithm(x) * 1.442_695_04 }
