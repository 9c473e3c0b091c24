#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A whole file, mapped into memory for reading. Pages are read when they are touched, and the
/// mapping ends with the last reference.
final class MappedFile: Sendable {
  /// The file's path, as it was given.
  let path: String

  private nonisolated(unsafe) let address: UnsafeRawPointer
  private let byteCount: Int

  /// Maps a file.
  ///
  /// - Throws: ``GGUFError/Code/cannotOpen`` when there is no such file, it may not
  ///   be read, it is empty, or it is no regular file.
  init(path: String) throws(GGUFError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw GGUFError(
        .cannotOpen, "the file cannot be opened", at: .file(path), cause: systemErrorMessage())
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw GGUFError(
        .cannotOpen, "the file cannot be examined", at: .file(path), cause: systemErrorMessage())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw GGUFError(
        .cannotOpen,
        status.st_mode & S_IFMT == S_IFDIR
          ? "this is a folder; name a file in it" : "this is no regular file",
        at: .file(path))
    }
    guard status.st_size > 0, let size = Int(exactly: status.st_size) else {
      throw GGUFError(.cannotOpen, "the file is empty", at: .file(path))
    }
    guard let mapped = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      mapped != MAP_FAILED
    else {
      throw GGUFError(
        .cannotOpen, "the file cannot be mapped into memory", at: .file(path),
        cause: systemErrorMessage())
    }
    self.path = path
    address = UnsafeRawPointer(mapped)
    byteCount = size
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: address), byteCount)
  }

  /// The file's bytes.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: byteCount) }

  /// Lets the system take back the memory of the pages that lie wholly inside `range`. They are
  /// read from the file again when they are next touched.
  func discardPages(in range: Range<Int>) {
    let first = (range.lowerBound + pageSize - 1) / pageSize * pageSize
    // The last page of the file is whole even where the file ends inside it.
    let end =
      range.upperBound == byteCount ? byteCount : range.upperBound / pageSize * pageSize
    guard first < end else { return }
    madvise(UnsafeMutableRawPointer(mutating: address + first), end - first, MADV_DONTNEED)
  }
}
