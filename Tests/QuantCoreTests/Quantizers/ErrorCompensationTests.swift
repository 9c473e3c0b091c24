import QuantCore
import TestSupport
import Testing

@Suite struct ErrorCompensationTests {
  /// Inputs whose columns depend on each other: a few hidden values, mixed, and a little noise.
  private static func moments(columns: Int, seed: UInt64) throws -> SecondMoments {
    var random = SeededRandom(seed: seed)
    let hidden = 12
    let mixing = random.gaussian(count: hidden * columns)
    var moments = try SecondMoments(columns: columns)
    for _ in 0..<2 * columns {
      let state = random.gaussian(count: hidden)
      var input = random.gaussian(count: columns, scale: 0.3)
      for h in 0..<hidden {
        for i in 0..<columns { input[i] += state[h] * mixing[h * columns + i] }
      }
      try moments.add(input.span)
    }
    return moments
  }

  private static let wide = Result { try moments(columns: 256, seed: 51) }
  private static let narrow = Result { try moments(columns: 64, seed: 53) }
  /// One for all tests of wide matrices, which so factor their Hessian once.
  private static let quantizer = Result {
    var options = ErrorCompensatingQuantizer.Options()
    options.sweeps = 1
    return ErrorCompensatingQuantizer(statistics: ["w": try wide.get()], options: options)
  }

  @Test(arguments: codedTypes.filter { !latticeTypes.contains($0) } + [.iq2XS, .iq3S, .iq1M])
  func outputsAreBetterThanASearchLeavesThem(_ type: TensorType) throws {
    let moments = try Self.wide.get()
    var random = SeededRandom(seed: 55)
    let values = random.gaussian(count: 256)
    let searched = type.format.decode(type.format.encode(values, importance: moments.importance))
    let compensated = type.format.decode(
      try encode(values, columns: 256, as: type, with: Self.quantizer.get()))
    let before = moments.relativeOutputError(original: values.span, stored: searched.span)
    let after = moments.relativeOutputError(original: values.span, stored: compensated.span)
    #expect(after < 0.8 * before, "\(type): \(after / before) of the search's error")
  }

  @Test func rowsDoNotDependOnHowTheyAreCut() throws {
    let quantizer = ErrorCompensatingQuantizer(statistics: ["w": try Self.narrow.get()])
    var random = SeededRandom(seed: 57)
    let values = random.gaussian(count: 5 * 64)
    let all = try encode(values, columns: 64, as: .q4_0, with: quantizer)
    let single = try (0..<5).flatMap {
      try encode(Array(values[64 * $0..<64 * $0 + 64]), columns: 64, as: .q4_0, with: quantizer)
    }
    #expect(all == single)
    let again = ErrorCompensatingQuantizer(statistics: ["w": try Self.narrow.get()])
    #expect(try encode(values, columns: 64, as: .q4_0, with: again) == all)
  }

  @Test func sweepsLowerTheError() throws {
    let moments = try Self.narrow.get()
    var random = SeededRandom(seed: 59)
    let values = random.gaussian(count: 4 * 64)
    var errors: [Double] = []
    for sweeps in [0, 1, 4] {
      var options = ErrorCompensatingQuantizer.Options()
      options.sweeps = sweeps
      let quantizer = ErrorCompensatingQuantizer(statistics: ["w": moments], options: options)
      let stored = Q4_1.decode(try encode(values, columns: 64, as: .q4_1, with: quantizer))
      errors.append(moments.relativeOutputError(original: values.span, stored: stored.span))
    }
    let searched = Q4_1.decode(Q4_1.encode(values, importance: moments.importance))
    let plain = moments.relativeOutputError(original: values.span, stored: searched.span)
    #expect(errors[0] < plain && errors[1] < errors[0] && errors[2] <= errors[1])
  }

  /// Inputs that are always the same leave only one direction to get right; others, none.
  @Test(arguments: [0, 1] as [Float])
  func singularMomentsAreDamped(size: Float) throws {
    var moments = try SecondMoments(columns: 64)
    let input = (0..<64).map { size * Float($0 % 5 - 2) }
    for _ in 0..<3 { try moments.add(input.span) }
    let quantizer = ErrorCompensatingQuantizer(statistics: ["w": moments])
    var random = SeededRandom(seed: 61)
    let values = random.gaussian(count: 64)
    let stored = Q4_0.decode(try encode(values, columns: 64, as: .q4_0, with: quantizer))
    let error = ErrorMetrics(original: values.span, stored: stored.span)
    #expect(error.normalizedSquaredError < 0.05)
    let output = moments.relativeOutputError(original: values.span, stored: stored.span)
    #expect(output < 0.002)
  }

  /// A Hessian from elsewhere may not even be positive definite.
  @Test func indefiniteHessiansAreDamped() throws {
    var sums = [Double](repeating: 0, count: 64 * 64)
    for i in 0..<64 { sums[i * 64 + i] = i % 2 == 0 ? 1 : -0.5 }
    let moments = try SecondMoments(sums: sums, columns: 64)
    let quantizer = ErrorCompensatingQuantizer(statistics: ["w": moments])
    var random = SeededRandom(seed: 63)
    let values = random.gaussian(count: 64)
    let stored = Q8_0.decode(try encode(values, columns: 64, as: .q8_0, with: quantizer))
    let error = ErrorMetrics(original: values.span, stored: stored.span)
    #expect(error.normalizedSquaredError < 1e-3)
  }

  @Test func withoutStatisticsItSearches() throws {
    let quantizer = ErrorCompensatingQuantizer(statistics: ["w": try Self.narrow.get()])
    var random = SeededRandom(seed: 65)
    let values = random.gaussian(count: 64)
    let other = try encode(values, columns: 64, as: .q4_0, with: quantizer, name: "other")
    #expect(other == Q4_0.encode(values))
    #expect(try encode(values, columns: 64, as: .f16, with: quantizer) == F16.encode(values))
  }

  @Test func wrongSizesAndNumbersAreRefused() throws {
    let quantizer = ErrorCompensatingQuantizer(statistics: ["w": try Self.narrow.get()])
    let values = [Float](repeating: 1, count: 96)
    let size = #expect(throws: QuantError.self) {
      try encode(values, columns: 96, as: .q4_0, with: quantizer)
    }
    #expect(size?.code == .sizeMismatch && size?.location == .tensor("w"))
    let number = #expect(throws: QuantError.self) {
      try encode([Float](repeating: .nan, count: 64), columns: 64, as: .q4_0, with: quantizer)
    }
    #expect(number?.code == .notFinite)
    func code(_ body: () throws -> Void) -> QuantError.Code? {
      #expect(throws: QuantError.self) { try body() }?.code
    }
    #expect(code { _ = try SecondMoments(columns: 0) } == .invalidShape)
    #expect(code { _ = try SecondMoments(columns: .max) } == .sizeOverflow)
    #expect(code { _ = try SecondMoments(sums: [1, 2, 3], columns: 2) } == .sizeMismatch)
    #expect(code { _ = try SecondMoments(sums: [1, .nan, 0, 1], columns: 2) } == .notFinite)
    var moments = try SecondMoments(columns: 2)
    let odd: [Float] = [1, 2, 3]
    let infinite: [Float] = [1, .infinity]
    #expect(code { try moments.add(odd.span) } == .sizeMismatch)
    #expect(code { try moments.add(infinite.span) } == .notFinite)
    #expect(moments.count == 0)
  }

  @Test func momentsAreSums() throws {
    var moments = try SecondMoments(columns: 2)
    let inputs: [Float] = [1, 2, 3, -1]
    try moments.add(inputs.span)
    #expect(moments.sums == [10, -1, -1, 5] && moments.count == 2)
    #expect(moments.importance == [5, 2.5])
    // W = [1, 1]: outputs 3 and 2. Q = [1, 0]: errors 2 and -1.
    let (original, stored, zeros): ([Float], [Float], [Float]) = ([1, 1], [1, 0], [0, 0])
    let error = moments.relativeOutputError(original: original.span, stored: stored.span)
    #expect(abs(error - (5.0 / 13).squareRoot()) < 1e-12)
    let none = moments.relativeOutputError(original: zeros.span, stored: zeros.span)
    #expect(none == 0)
  }
}

@Suite struct ImportanceWeightedTests {
  @Test func tensorsGetTheirWeights() throws {
    var random = SeededRandom(seed: 71)
    let values = random.gaussian(count: 64)
    let weights = (0..<32).map { Float($0 % 3) + 0.1 }
    let quantizer = ImportanceWeightedQuantizer(importance: ["w": weights])
    let weighted = try encode(values, columns: 32, as: .q4_0, with: quantizer)
    #expect(weighted == Q4_0.encode(values, importance: weights))
    let other = try encode(values, columns: 32, as: .q4_0, with: quantizer, name: "other")
    #expect(other == Q4_0.encode(values))
    let given = [Float](repeating: 1, count: 32)
    let replaced = try encode(
      values, columns: 32, as: .q4_0, with: quantizer, importance: given)
    #expect(replaced == Q4_0.encode(values, importance: given))
    let error = #expect(throws: QuantError.self) {
      try encode(values, columns: 64, as: .q4_0, with: quantizer)
    }
    #expect(error?.code == .sizeMismatch)
  }
}
