import Foundation
import Testing

/// The commands `encode` and `decode`.
struct CodecCommandTests {
  private struct Outcome: Decodable {
    var bytes: Int
    var rmse: Double?
    var seconds: Double
  }

  private let values: [Float] = (0..<512).map { Float($0 % 37) / 8 - 2 }

  @Test func blocksGoThereAndBack() async throws {
    let scratch = try Scratch()
    let input = try scratch.file("x.f32", values)
    let (blocks, output) = (scratch.path("x.q8_0"), scratch.path("y.f32"))
    let encoding = try await Executable.cria.run(
      "encode", "q8_0", "--input", input, "--columns", "128", "--output", blocks, "--json")
    #expect(encoding.status == 0, "\(encoding.errors)")
    let encoded: Outcome = try encoding.json()
    #expect(encoded.bytes == 512 / 32 * 34)
    #expect(try Data(contentsOf: URL(filePath: blocks)).count == encoded.bytes)
    let decoding = try await Executable.cria.run(
      "decode", "Q8_0", "--input", blocks, "--columns", "128", "--output", output,
      "--threads", "1", "--json")
    #expect(decoding.status == 0, "\(decoding.errors)")
    let decoded: Outcome = try decoding.json()
    #expect(decoded.bytes == 4 * 512)
    #expect(decoded.rmse == nil)
    let stored = try Data(contentsOf: URL(filePath: output)).withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
    let squares = zip(values, stored).map { Double(($0 - $1) * ($0 - $1)) }
    let rmse = (squares.reduce(0, +) / 512).squareRoot()
    #expect(rmse > 0 && rmse < 0.02)
    #expect(abs(try #require(encoded.rmse) - rmse) < 1e-6)
    #expect(scratch.names == ["x.f32", "x.q8_0", "y.f32"])
  }

  @Test func importanceIsUsed() async throws {
    let scratch = try Scratch()
    let input = try scratch.file("x.f32", values)
    let weights = try scratch.file("w.f32", (0..<256).map { $0 % 4 == 0 ? Float(9) : 0.1 })
    let (plain, guided) = (scratch.path("plain"), scratch.path("guided"))
    for arguments in [[plain], [guided, "--importance", weights]] {
      let outcome = try await Executable.cria.run(
        ["encode", "Q4_K", "--input", input, "--columns", "256", "--output"] + arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let a = try Data(contentsOf: URL(filePath: plain))
    let b = try Data(contentsOf: URL(filePath: guided))
    #expect(a.count == 288 && b.count == 288 && a != b)
  }

  @Test func whatIsWrongIsNamed() async throws {
    let scratch = try Scratch()
    let input = try scratch.file("x.f32", values)
    var damaged = values
    damaged[128 + 7] = .nan
    let nan = try scratch.file("nan.f32", damaged)
    let odd = try scratch.file("odd.f32", "abcde")
    for (command, type, file, columns, status, part) in [
      ("encode", "Q8_0", nan, "128", Int32(65), "row 1, column 7"),
      ("encode", "Q8_0", input, "100", 65, "partialBlock"),
      ("encode", "Q8_0", input, "96", 65, "sizeMismatch"),
      ("encode", "Q8_0", input, "0", 65, "invalidShape"),
      ("encode", "F32", odd, "1", 65, "sizeMismatch"),
      ("encode", "Q9", input, "128", 64, "type"),
      ("encode", "Q8_0", scratch.path("none"), "128", 66, "notReadable"),
      ("decode", "Q8_0", odd, "32", 65, "sizeMismatch"),
      ("decode", "Q4_K", input, "32", 65, "partialBlock"),
    ] {
      let outcome = try await Executable.cria.run(
        command, type, "--input", file, "--columns", columns, "--output", scratch.path("out"),
        "--json")
      #expect(outcome.status == status, "\(command) \(type) \(columns): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
    #expect(scratch.names == ["nan.f32", "odd.f32", "x.f32"])
  }
}

extension Scratch {
  /// Writes float32 numbers and returns the file's path.
  fileprivate func file(_ name: String, _ values: [Float]) throws -> String {
    let path = path(name)
    try values.withUnsafeBytes { Data($0) }.write(to: URL(filePath: path))
    return path
  }
}
