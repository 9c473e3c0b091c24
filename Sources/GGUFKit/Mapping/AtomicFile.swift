#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that appears under its name only when it is complete: it is written beside it under a
/// temporary name, which is removed when anything goes wrong.
///
/// What is there already and is no regular file, such as a device or a pipe, is written to as it
/// is: a rename would replace it.
final class AtomicFile: ByteSink {
  private let path: String
  /// Nil where the bytes go straight to what has the name.
  private let temporaryPath: String?
  private var descriptor: Int32

  /// Creates the temporary file.
  ///
  /// - Throws: ``GGUFError/Code/cannotWrite``.
  init(path: String) throws(GGUFError) {
    self.path = path
    if Self.isSpecial(path) {
      temporaryPath = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let temporary = "\(path).\(UInt64.random(in: .min ... .max)).partial"
      temporaryPath = temporary
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else {
      throw GGUFError(
        .cannotWrite, "the file cannot be created", at: .file(path), cause: systemErrorMessage())
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if let temporaryPath { unlink(temporaryPath) }
    }
  }

  /// Whether `path` names something that is neither a regular file nor a folder.
  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  func write(_ bytes: RawSpan) throws(GGUFError) {
    let failure: String? = bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = UnsafeRawBufferPointer(rebasing: rest).withMemoryRebound(to: UInt8.self) {
          systemWrite(descriptor, $0.baseAddress, $0.count)
        }
        if written < 0 {
          if errno == EINTR { continue }
          return systemErrorMessage()
        }
        rest = rest.dropFirst(written)
      }
      return nil
    }
    if let failure {
      throw GGUFError(
        .cannotWrite, "the file cannot be written", at: .file(path), cause: failure)
    }
  }

  /// Gives the file its name, once its bytes are on the disk.
  ///
  /// - Throws: ``GGUFError/Code/cannotWrite``.
  func commit() throws(GGUFError) {
    guard let temporaryPath else {
      close(descriptor)
      descriptor = -1
      return
    }
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
      throw GGUFError(
        .cannotWrite, "the file cannot be put in place", at: .file(path),
        cause: systemErrorMessage())
    }
    close(descriptor)
    descriptor = -1
    syncFolder()
  }

  /// Makes the new name last, where the system can: without it the file may be gone, but not
  /// damaged, after a power failure.
  private func syncFolder() {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard folderDescriptor >= 0 else { return }
    fsync(folderDescriptor)
    close(folderDescriptor)
  }
}

/// `write`, which the method of that name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
