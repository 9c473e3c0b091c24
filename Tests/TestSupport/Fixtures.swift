public import Foundation

/// Expected results from independent implementations, in a folder beside the checkout.
///
/// They are not part of the repository; tests that need them are disabled, with this message,
/// where the folder is missing.
public enum Fixtures {
  /// Why a test is disabled on a machine without the folder.
  public static let missing = "needs the folder shared/ beside the checkout"

  private static let shared = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared", directoryHint: .isDirectory)

  /// Whether the folder is there.
  public static var isAvailable: Bool {
    FileManager.default.fileExists(atPath: shared.appending(path: "fixtures/README.md").path)
  }

  /// The file at `path` below `shared/fixtures`.
  public static func url(_ path: String) -> URL {
    shared.appending(path: "fixtures").appending(path: path)
  }

  /// The names of the files in the folder at `path`, in order.
  public static func files(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url(path).path).sorted()
  }

  /// The file at `path` below `shared/models`.
  public static func model(_ path: String) -> URL {
    shared.appending(path: "models").appending(path: path)
  }

  /// The bytes of a fixture.
  public static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(path)))
  }

  /// Little-endian float32 values of a fixture.
  public static func floats(_ path: String) throws -> [Float] {
    let bytes = try bytes(path)
    return (0..<bytes.count / 4).map { i in
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * i + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: word)
    }
  }

  /// A JSON fixture.
  public static func json<T: Decodable>(_ path: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
  }
}
