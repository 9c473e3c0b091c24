import ArgumentParser
import Foundation
import LlamaModel

/// `FILE` or `FILE:SCALE` on the command line.
struct AdapterFile: ExpressibleByArgument {
  let path: String
  let scale: Float

  init?(argument: String) {
    if let colon = argument.lastIndex(of: ":"),
      let scale = Float(argument[argument.index(after: colon)...]), scale.isFinite
    {
      self.path = String(argument[..<colon])
      self.scale = scale
    } else {
      path = argument
      scale = 1
    }
    if path.isEmpty { return nil }
  }

  /// The adapter with its scale.
  func load() throws -> LoRAAdapter {
    try LoRAAdapter(contentsOf: URL(fileURLWithPath: path)).scaled(to: scale)
  }
}
