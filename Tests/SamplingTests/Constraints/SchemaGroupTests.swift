import Sampling
import Testing

/// Schemas keyword by keyword, in the manner of the JSON Schema Test Suite.
struct SchemaGroupTests {
  @Test func groupsAreThere() throws {
    #expect(try SchemaGroup.all().count > 25)
  }

  @Test(arguments: try SchemaGroup.all())
  func readsEverySpellingByteByByte(group: SchemaGroup) throws {
    for item in group.cases {
      let reader = try ConstraintReader(schema: item.schema, tokens: SchemaTests.tokens)
      for (texts, isValid) in [(item.valid, true), (item.invalid, false)] {
        for text in texts {
          for respelling in Respelling.allCases where isValid || group.name != "text" {
            let spelled = respelling.apply(to: text)
            #expect(reader.accepts(spelled) == isValid, "\(item.schema): \(spelled)")
          }
        }
      }
    }
  }

  /// With every piece of a text as a token: each is allowed exactly where its bytes can be read, so
  /// that it does not matter how a text is cut.
  @Test(arguments: try SchemaGroup.all())
  func allowsThePiecesThatItReads(group: SchemaGroup) throws {
    for item in group.cases {
      let texts = Set((item.valid + item.invalid).map { String($0.prefix(24)) })
      let pieces = texts.reduce(into: Set<String>()) { pieces, text in
        let characters = Array(text)
        for start in characters.indices {
          for end in start + 2..<max(start + 2, characters.count + 1) {
            pieces.insert(String(characters[start..<end]))
          }
        }
      }
      let vocabulary = ByteVocabulary(pieces.sorted())
      let tokens = ConstraintTokens(vocabulary)
      var constraint = try GrammarConstraint(schema: JSONSchema(item.schema), tokens: tokens)
      for text in item.valid {
        constraint.reset()
        let bytes = Array(text.utf8.prefix(40))
        for position in bytes.indices {
          let mark = constraint.mark
          for (index, piece) in vocabulary.pieces.enumerated() {
            let isAllowed = constraint.allows(256 + index)
            let isRead = constraint.tryAccept(bytes: piece)
            constraint.rewind(to: mark)
            guard isAllowed != isRead else { continue }
            let (before, token) = (
              String(decoding: bytes[..<position], as: UTF8.self),
              String(decoding: piece, as: UTF8.self)
            )
            Issue.record("\(item.schema): after \(before), \(token) is read: \(isRead)")
          }
          let wasRead = constraint.tryAccept(Int(bytes[position]))
          #expect(wasRead)
        }
      }
    }
  }
}
