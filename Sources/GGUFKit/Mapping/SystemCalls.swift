#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says about the last failed call.
func systemErrorMessage() -> String {
  let code = errno
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}

/// The size of a memory page.
let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
