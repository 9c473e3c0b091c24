import Foundation
import Sampling
import Testing

struct SchemaDerivingTests {
  enum Course: String, Codable, CaseIterable { case starter, main }
  enum Level: Int, Codable, CaseIterable { case low = 1, high = 9 }
  struct Step: Codable, Equatable { var text: String; var seconds: UInt8? }
  struct Recipe: Codable, SchemaDescribing {
    var title: String
    var course: Course
    var level: Level
    var steps: [Step]
    var amounts: [String: Double]
    var isVegan: Bool
    var note: String?
    var link: URL
    static var schemaFields: [String: SchemaField] {
      ["title": SchemaField("The dish", keywords: #"{"minLength": 3}"#)]
    }
  }
  struct Tree: Codable { var name: String; var children: [Tree]; var left: [String: Tree]? }
  final class List: Codable { var value = 0; var next: List? }
  enum Shapeless: Codable { case a(Int) }
  struct HasShapeless: Codable { var inner: Shapeless }

  private static let url = SchemaSubstitute(
    URL(filePath: "/"), schema: (try? JSONSchema(#"{"type":"string","format":"uri"}"#)) ?? .any)

  @Test func writesDownWhatATypeAsksFor() throws {
    let schema = try JSONSchema.deriving(from: Recipe.self, substitutes: [Self.url])
    #expect(
      schema.text == """
        {"type":"object","properties":{"title":{"type":"string","minLength":3,\
        "description":"The dish"},"course":{"enum":["starter","main"]},"level":{"enum":[1,9]},\
        "steps":{"type":"array","items":{"type":"object","properties":{"text":{"type":"string"},\
        "seconds":{"type":"integer","minimum":0,"maximum":255}},"required":["text"],\
        "additionalProperties":false}},"amounts":{"type":"object","additionalProperties":\
        {"type":"number"}},"isVegan":{"type":"boolean"},"note":{"type":"string"},\
        "link":{"type":"string","format":"uri"}},"required":["title","course","level","steps",\
        "amounts","isVegan","link"],"additionalProperties":false}
        """)
    let reader = try ConstraintReader(
      schema: schema.text, spelling: .compact, tokens: SchemaTests.tokens)
    let end = try #require(reader.completion())
    let recipe = try JSONDecoder().decode(Recipe.self, from: Data(end))
    #expect(recipe.title.count == 3)
    #expect(reader.forced == #"{"title":""#)
  }

  @Test func typesMayContainThemselves() throws {
    let tree = try JSONSchema.deriving(from: Tree.self)
    let reader = try ConstraintReader(schema: tree.text, tokens: SchemaTests.tokens)
    #expect(
      reader.accepts(
        #"{"name":"a","children":[{"name":"b","children":[],"left":{"x":{"name":"","children":[]}}}]}"#
      ))
    #expect(!reader.accepts(#"{"name":"a","children":[{"name":"b"}]}"#))
    let list = try JSONSchema.deriving(from: [List].self)
    let lists = try ConstraintReader(schema: list.text, tokens: SchemaTests.tokens)
    #expect(lists.accepts(#"[{"value":1,"next":{"value":2}}]"#))
    #expect(!lists.accepts(#"[{"value":1,"next":{"value":"x"}}]"#))
  }

  @Test func namesWhatItCannotWriteDown() {
    #expect(throws: SchemaError.self) { try JSONSchema.deriving(from: [Int: Int].self) }
    do throws(SchemaError) {
      _ = try JSONSchema.deriving(from: HasShapeless.self)
      Issue.record("derived a schema")
    } catch {
      #expect(error.code == .unsupported && error.pointer == "/inner", "\(error)")
    }
  }
}
