import Sampling

/// A token for each byte, further ones for the pieces given, and an end token after them.
struct ByteVocabulary: ConstraintVocabulary {
  var pieces: [[UInt8]] = []
  /// Tokens without text, by name.
  var names: [String] = []

  var tokenCount: Int { 257 + pieces.count + names.count }
  var endTokens: [Int] { [256 + pieces.count] }

  func bytes(of token: Int) -> [UInt8]? {
    if token < 256 { return [UInt8(token)] }
    return pieces.indices.contains(token - 256) ? pieces[token - 256] : nil
  }

  func token(named name: String) -> Int? {
    names.firstIndex(of: name).map { 257 + pieces.count + $0 }
  }

  init(_ pieces: [String] = [], names: [String] = []) {
    self.pieces = pieces.map { Array($0.utf8) }
    self.names = names
  }
}
