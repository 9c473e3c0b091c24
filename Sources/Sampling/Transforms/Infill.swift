/// For filling a gap in a text: ends the text where ending it is likely, and else keeps the few
/// likely candidates, with those that only prolong another one merged into it.
///
/// The steps are those of llama.cpp's sampler of this name: where the end tokens together are more
/// likely than `1 / (3 n)` of the others, with `n` candidates, only they stay. Else of two
/// candidates of which one begins with the other, the likelier gets the probability of both;
/// candidates below 0.2 go; and where no text token is left, an end token ends the text.
public struct Infill: LogitTransform {
  private let vocabulary: any ConstraintVocabulary
  private let endTokens: Set<Int>

  /// Creates the transform.
  public init(vocabulary: any ConstraintVocabulary) {
    self.vocabulary = vocabulary
    endTokens = Set(vocabulary.endTokens)
  }

  /// Removes candidates as described.
  public func apply(to candidates: inout Candidates) {
    guard !candidates.isEmpty else { return }
    candidates.sort()
    candidates.normalize()
    var probabilities = candidates.probabilities
    var ending: Float = 0
    var text: Float = 0
    for index in 0..<candidates.count {
      if endTokens.contains(candidates[index].token) {
        ending += probabilities[index]
      } else {
        text += probabilities[index]
      }
    }
    let endTokens = endTokens
    if 3 * ending * Float(candidates.count) > text {
      return candidates.removeAll { !endTokens.contains($0.token) }
    }
    let merged = mergePrefixes(candidates, &probabilities)
    let removed = leastLikely(candidates, probabilities, below: 0.2, merged: merged)
    let textCount = removed.indices.count {
      !removed[$0] && !endTokens.contains(candidates[$0].token)
    }
    guard textCount > 0 else {
      guard let end = vocabulary.endTokens.first else { return candidates.keepFirst(1) }
      candidates.keepFirst(1)
      candidates[0] = Candidates.Element(token: end, logit: 1)
      return
    }
    var sum: Float = 0
    for index in removed.indices where !removed[index] { sum += probabilities[index] }
    for index in probabilities.indices { probabilities[index] /= sum }
    let last = leastLikely(
      candidates, probabilities, below: 1 / Float(textCount + 1), merged: removed)
    var index = -1
    candidates.removeAll { _ in
      index += 1
      return last[index]
    }
  }

  /// Gives each candidate that begins with another one, or begins it, to the likelier of the two.
  ///
  /// - Returns: Which candidates have been given away.
  private func mergePrefixes(_ candidates: Candidates, _ probabilities: inout [Float]) -> [Bool] {
    // Candidates this unlikely cannot reach the threshold, nor lift another one over it: their sum
    // is below a rounding of a probability.
    let considered = probabilities.prefix { $0 > 1e-8 }.count
    let pieces = (0..<considered).map { vocabulary.bytes(of: candidates[$0].token) ?? [] }
    var merged = probabilities.map { _ in false }
    for first in pieces.indices where !pieces[first].isEmpty {
      for second in pieces.indices where second != first && !merged[second] {
        if merged[first] { break }
        guard pieces[second].starts(with: pieces[first]) else { continue }
        let secondIsLikelier = probabilities[second] > probabilities[first]
        let (kept, given) = secondIsLikelier ? (second, first) : (first, second)
        probabilities[kept] += probabilities[given]
        probabilities[given] = 0
        merged[given] = true
      }
    }
    return merged
  }

  private func leastLikely(
    _ candidates: Candidates, _ probabilities: [Float], below threshold: Float, merged: [Bool]
  ) -> [Bool] {
    probabilities.indices.map { index in
      merged[index]
        || probabilities[index] < threshold && !endTokens.contains(candidates[index].token)
    }
  }
}
