import ArgumentParser

/// How results are shown.
struct OutputGroup: ParsableArguments {
  @Flag(help: "Print one JSON value on standard output and nothing else.")
  var json = false
}

/// Whether remarks are shown.
struct QuietGroup: ParsableArguments {
  @Flag(help: "Say nothing on standard error but errors.")
  var quiet = false
}
