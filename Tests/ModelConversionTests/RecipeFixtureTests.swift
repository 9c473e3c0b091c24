import Foundation
import GGUFKit
import QuantCore
import Testing

@testable import ModelConversion

/// The presets against what llama.cpp's quantizer has chosen.
struct RecipeFixtureTests {
  private struct Fixture: Decodable {
    var models: [Model]
  }

  private struct Model: Decodable {
    var title: String
    var architecture: String
    var metadata: [String: Int]
    var tensors: [Declaration]
    var presets: [String: Choice]

    func file() throws -> GGUFFile {
      var builder = GGUFBuilder()
      builder.metadata[.architecture] = architecture
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        builder.metadata["\(architecture).\(key)"] = .uint32(UInt32(value))
      }
      builder.tensors = try tensors.map { tensor in
        let count = tensor.shape.reduce(1, *)
        return try InMemoryTensor(
          name: tensor.name, type: .f32, shape: tensor.shape,
          bytes: [UInt8](repeating: 0, count: 4 * count))
      }
      return try GGUFFile(bytes: builder.serialized())
    }
  }

  private struct Declaration: Decodable {
    var name: String
    var shape: [Int]

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      name = try container.decode(String.self)
      shape = try container.decode([Int].self)
    }
  }

  private struct Choice: Decodable {
    var file_type: UInt32
    var rest: String
    var types: [String: [Int]]

    func names(count: Int) -> [String] {
      var names = Array(repeating: rest, count: count)
      for (name, indices) in types {
        for index in indices { names[index] = name }
      }
      return names
    }
  }

  @Test func typesAreThoseOfLlamaCpp() throws {
    let url = try #require(
      Bundle.module.url(forResource: "recipes", withExtension: "json", subdirectory: "Fixtures"))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    #expect(fixture.models.count >= 10)
    for model in fixture.models {
      let file = try model.file()
      #expect(model.presets.count >= 24)
      for (name, choice) in model.presets {
        let recipe = try #require(QuantizationRecipe.allPresets.first { $0.name == name })
        #expect(recipe.fileType == choice.file_type)
        let types = try TypeChooser.types(of: file, recipe: recipe, overrides: TypeOverrides())
        let expected = choice.names(count: types.count)
        for (index, type) in types.enumerated() where type.name != expected[index] {
          Issue.record(
            "\(model.title), \(name), \(model.tensors[index].name): \(type), not \(expected[index])"
          )
        }
      }
    }
  }
}
