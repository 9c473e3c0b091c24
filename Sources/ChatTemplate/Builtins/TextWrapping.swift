extension Renderer {
  /// The filter `wordwrap`: each line broken where it gets longer than a width.
  mutating func wrapped(
    _ text: String, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> String {
    let width = try reader.integer("width") ?? 79
    let breaksWords = try reader.next("break_long_words")?.isTrue ?? true
    let separator = try reader.optionalText("wrapstring") ?? "\n"
    let breaksHyphens = try reader.next("break_on_hyphens")?.isTrue ?? true
    guard width > 0 else { throw TemplateError(.value, "wordwrap needs a width above zero") }
    var lines: [String] = []
    for line in PythonText.lines(of: text) {
      let chunks = TextWrapping.chunks(of: line, breaksHyphens: breaksHyphens)
      let wrapping = TextWrapping(width: width, breaksWords: breaksWords)
      lines.append(wrapping.lines(of: chunks).joined(separator: separator))
    }
    return try charged(lines.joined(separator: separator))
  }
}

/// Lines of a limited width, filled as Python's `textwrap` fills them.
struct TextWrapping {
  let width: Int
  let breaksWords: Bool

  /// Words and the white space between them, words with hyphens in parts.
  static func chunks(of line: String, breaksHyphens: Bool) -> [[Unicode.Scalar]] {
    var chunks: [[Unicode.Scalar]] = []
    let scalars = Array(line.unicodeScalars)
    var chunk: [Unicode.Scalar] = []
    for (index, scalar) in scalars.enumerated() {
      if let last = chunk.last, isSpace(last) != isSpace(scalar) {
        chunks.append(chunk)
        chunk = []
      }
      chunk.append(scalar)
      // A hyphen between letters, the first of which does not stand alone, may end a line.
      let isBreak =
        breaksHyphens && scalar == "-" && chunk.count > 2
        && chunk[chunk.count - 2].isPythonLetter && chunk[chunk.count - 3].isWord
        && index + 2 < scalars.count && scalars[index + 1].isPythonLetter
        && scalars[index + 2].isPythonLetter
      if isBreak {
        chunks.append(chunk)
        chunk = []
      }
    }
    if !chunk.isEmpty { chunks.append(chunk) }
    return chunks
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20, 0x09...0x0D: true
    default: false
    }
  }

  func lines(of chunks: [[Unicode.Scalar]]) -> [String] {
    var rest = chunks[...]
    var lines: [String] = []
    while !rest.isEmpty {
      var line: [[Unicode.Scalar]] = []
      var length = 0
      if !lines.isEmpty, let first = rest.first, first.allSatisfy(Self.isSpace) {
        rest.removeFirst()
      }
      while let chunk = rest.first, length + chunk.count <= width {
        line.append(chunk)
        length += chunk.count
        rest.removeFirst()
      }
      if let chunk = rest.first, chunk.count > width {
        if breaksWords {
          let room = max(1, width - length)
          line.append(Array(chunk.prefix(room)))
          rest[rest.startIndex] = Array(chunk.dropFirst(room))
        } else if line.isEmpty {
          line.append(rest.removeFirst())
        }
      }
      if let last = line.last, last.allSatisfy(Self.isSpace) { line.removeLast() }
      if !line.isEmpty {
        var view = String.UnicodeScalarView()
        for chunk in line { view.append(contentsOf: chunk) }
        lines.append(String(view))
      }
    }
    return lines
  }
}
