import Foundation

/// A file that gets its name only when it is complete. Until then it lies beside it under another
/// name, and is removed when anything goes wrong.
final class OutputFile {
  private let path: String
  private let temporaryPath: String?
  private let handle: FileHandle
  private var isCommitted = false

  /// Creates the file. What is no regular file, such as a pipe, is written to directly.
  init(path: String) throws(Failure) {
    let manager = FileManager.default
    let type = try? manager.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false))[.type]
    var target = path
    if let type = type as? FileAttributeType, type != .typeRegular {
      temporaryPath = nil
    } else {
      target = "\(path).\(UInt64.random(in: .min ... .max)).partial"
      guard manager.createFile(atPath: target, contents: nil) else {
        throw Failure(
          .failed, "cannotWrite",
          "the file cannot be created; check the folder and its permissions",
          at: path)
      }
      temporaryPath = target
    }
    guard let handle = FileHandle(forWritingAtPath: target) else {
      throw Failure(.failed, "cannotWrite", "the file cannot be written", at: path)
    }
    self.path = path
    self.handle = handle
  }

  deinit {
    if let temporaryPath, !isCommitted { unlink(temporaryPath) }
  }

  /// Adds bytes.
  func write(_ data: Data) throws(Failure) {
    do {
      try handle.write(contentsOf: data)
    } catch {
      throw Failure(
        .failed, "cannotWrite", "the file cannot be written; is the disk full?", at: path)
    }
  }

  /// Gives the file its name.
  func commit() throws(Failure) {
    do {
      try handle.close()
    } catch {
      throw Failure(
        .failed, "cannotWrite", "the file cannot be written; is the disk full?", at: path)
    }
    guard let temporaryPath else { return }
    guard rename(temporaryPath, path) == 0 else {
      throw Failure(.failed, "cannotWrite", "the file cannot be put in place", at: path)
    }
    isCommitted = true
  }
}
