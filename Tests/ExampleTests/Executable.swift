import Foundation
import Synchronization

/// An executable of this package, which the build puts beside the test bundle.
struct Executable {
  let name: String

  static let cria = Executable(name: "cria")
  static let helloLlama = Executable(name: "HelloLlama")

  /// The folder of the build's products.
  static var folder: URL {
    #if canImport(Darwin)
      Bundle(for: Marker.self).bundleURL.deletingLastPathComponent()
    #else
      Bundle.main.bundleURL
    #endif
  }

  private final class Marker {}

  var url: URL { Self.folder.appending(path: name) }

  /// What a process has done.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// Standard output as JSON.
    func json<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(type, from: Data(output.utf8))
    }
  }

  /// Runs the executable to its end.
  func run(
    _ arguments: String..., input: String = "", timeout: Duration = .seconds(120)
  ) async throws -> Outcome {
    try await run(arguments, input: input, timeout: timeout)
  }

  /// Runs the executable to its end.
  func run(
    _ arguments: [String], input: String = "", timeout: Duration = .seconds(120)
  ) async throws -> Outcome {
    let running = try RunningProcess(url, arguments)
    running.write(input)
    return try await running.wait(timeout: timeout)
  }

  /// Starts the executable.
  func start(
    _ arguments: String..., interruptedAtFirstOutput: Bool = false
  ) throws -> RunningProcess {
    try RunningProcess(url, arguments, interruptedAtFirstOutput: interruptedAtFirstOutput)
  }
}

/// A process with pipes to its standard streams.
///
/// Unchecked because not every system's Foundation says that `Process` may be shared, as it may.
final class RunningProcess: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output: Collected
  private let errors: Collected

  struct Timeout: Error {
    var output: String
    var errors: String
  }

  /// - Parameter interruptedAtFirstOutput: Whether Ctrl-C is pressed as soon as there is output: by
  ///   the thread that reads it, since tests may have to wait for their turn.
  init(
    _ executable: URL, _ arguments: [String], interruptedAtFirstOutput: Bool = false
  ) throws {
    let (outputPipe, errorPipe) = (Pipe(), Pipe())
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = outputPipe
    process.standardError = errorPipe
    try process.run()
    let id = process.processIdentifier
    output = Collected(outputPipe) {
      if interruptedAtFirstOutput { kill(id, SIGINT) }
    }
    errors = Collected(errorPipe) {}
  }

  /// Gives the process its whole input.
  func write(_ text: String) {
    try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try? input.fileHandleForWriting.close()
  }

  /// Waits until a condition holds or the process has ended.
  func wait(
    until condition: () -> Bool, timeout: Duration = .seconds(300)
  ) async throws {
    let end = ContinuousClock.now + timeout
    while !condition(), process.isRunning {
      guard ContinuousClock.now < end else { throw terminate() }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Waits for the end of the process, and kills it after the timeout.
  func wait(timeout: Duration = .seconds(300)) async throws -> Executable.Outcome {
    try await wait(until: { false }, timeout: timeout)
    try await wait(until: { output.isComplete && errors.isComplete }, timeout: timeout)
    return Executable.Outcome(
      status: process.terminationStatus, output: await output.all(), errors: await errors.all())
  }

  private func terminate() -> Timeout {
    process.terminate()
    return Timeout(output: output.text, errors: errors.text)
  }

  /// Reads a pipe to its end on a thread of its own.
  private final class Collected: Sendable {
    private let data = Mutex(Data())
    private let isAtEnd = Atomic<Bool>(false)

    init(_ pipe: Pipe, atFirst action: @escaping @Sendable () -> Void) {
      let handle = pipe.fileHandleForReading
      Thread.detachNewThread {
        while case let part = handle.availableData, !part.isEmpty {
          let isFirst = self.data.withLock { data in
            defer { data += part }
            return data.isEmpty
          }
          if isFirst { action() }
        }
        self.isAtEnd.store(true, ordering: .releasing)
      }
    }

    var text: String { String(decoding: data.withLock { $0 }, as: UTF8.self) }

    var isComplete: Bool { isAtEnd.load(ordering: .acquiring) }

    func all() async -> String {
      while !isComplete { try? await Task.sleep(for: .milliseconds(5)) }
      return text
    }
  }
}
