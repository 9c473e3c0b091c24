import GGUFKit
import TensorKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Texts to scores of how well they answer a question, by a model that reads both at once.
///
/// ```swift
/// let reranker = try TextReranker(LanguageModel(contentsOf: url))
/// let best = try reranker.rank(documents, for: "What is a cria?").first
/// ```
///
/// For models with a classification head: encoders such as BERT and XLM-RoBERTa (Nogueira and Cho,
/// "Passage Re-ranking with BERT", 2019), and decoders that were trained for it.
public struct TextReranker: Sendable {
  /// The model.
  public let model: LanguageModel
  private let classifier: OutputHeads.Classifier
  private let isEncoder: Bool
  /// A prompt with `{query}` and `{document}`, which decoders have.
  private let template: String?

  /// A document's place among the others.
  public struct Ranked: Sendable, Equatable {
    /// Its number in the list that was given.
    public var index: Int
    /// How well it answers; what the numbers mean is the model's.
    public var score: Float
  }

  /// A reranker.
  ///
  /// - Throws: ``ModelError/Code/invalidTensor`` for a model without a classification head.
  public init(_ model: LanguageModel) throws(ModelError) {
    guard let classifier = model.heads.classifier else {
      throw ModelError(
        .invalidTensor, "the model has no classification head, so it ranks nothing",
        at: .tensor("cls.output.weight"))
    }
    self.model = model
    self.classifier = classifier
    isEncoder = model.architecture is any EncoderArchitecture
    template = model.metadata[MetadataKey<String>("tokenizer.chat_template.rerank")]
  }

  /// The documents from the best to the worst; of equals the earlier one first.
  ///
  /// Blocks: call it from a thread that may.
  ///
  /// - Throws: As ``scores(tokens:segments:)``.
  public func rank(
    _ documents: [String], for query: String
  ) throws(ModelError) -> [Ranked] {
    var ranked: [Ranked] = []
    for (index, document) in documents.enumerated() {
      ranked.append(Ranked(index: index, score: try score(document, for: query)))
    }
    return ranked.sorted { ($1.score, $0.index) < ($0.score, $1.index) }
  }

  /// How well a document answers: the first label's score.
  ///
  /// - Throws: As ``scores(tokens:segments:)``.
  public func score(_ document: String, for query: String) throws(ModelError) -> Float {
    let pair = tokens(of: document, for: query)
    return try scores(tokens: pair.tokens, segments: pair.segments)[0]
  }

  /// The scores of a text, one per label.
  ///
  /// - Parameters:
  ///   - tokens: Question and document as the model was trained to read them.
  ///   - segments: Which of the two each token belongs to, 0 or 1; all to the first where empty.
  /// - Throws: ``ModelError/Code/invalidArgument`` for no tokens or one outside the vocabulary;
  ///   ``ModelError/Code/contextFull`` for a text that is longer than the model can read.
  public func scores(tokens: [Int], segments: [Int] = []) throws(ModelError) -> [Float] {
    guard !tokens.isEmpty, segments.isEmpty || segments.count == tokens.count else {
      throw ModelError(.invalidArgument, "a text needs tokens, and segments one for each")
    }
    let features = try model.features(
      of: tokens, rows: [isEncoder ? 0 : tokens.count - 1], segments: segments)
    let scores: [Float]
    do {
      scores = try model.backend.read(classifier.scores(of: features, on: model.backend))
    } catch {
      throw ModelError(backend: error)
    }
    return isEncoder ? scores : Self.softmax(scores)
  }

  /// Question and document as one text: for WordPiece with one separator between them, for others
  /// with two, as their encoders were trained.
  private func tokens(
    of document: String, for query: String
  ) -> (tokens: [Int], segments: [Int]) {
    let tokenizer = model.tokenizer
    if let template {
      let prompt = template.replacing("{query}", with: query)
        .replacing("{document}", with: document)
      return (tokenizer.encode(prompt, options: [.addSpecial, .parseSpecial]), [])
    }
    let first = tokenizer.encode(query)
    var second = tokenizer.encode(document)
    if let start = tokenizer.encode("").first, second.first == start, second.count > 1 {
      second.removeFirst()
    }
    let special = tokenizer.vocabulary.specialTokens
    if tokenizer.vocabulary.model != "bert", let separator = special.separator ?? special.eos {
      second.insert(separator, at: 0)
    }
    return (
      first + second,
      Array(repeating: 0, count: first.count) + Array(repeating: 1, count: second.count)
    )
  }

  private static func softmax(_ scores: [Float]) -> [Float] {
    let largest = scores.max() ?? 0
    let powers = scores.map { exp(Double($0 - largest)) }
    let total = powers.reduce(0, +)
    return powers.map { Float($0 / total) }
  }
}
