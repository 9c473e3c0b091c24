import Foundation

/// The small model that comes with the tool.
enum EmbeddedModel {
  /// Its name in ``bundleNames``.
  private static let fileName = "tales-7m-q8_0.gguf"

  /// The folder of resources that the build puts beside the executable, as it is called here and
  /// on Apple systems. (The generated `Bundle.module` ends the process where it is missing.)
  private static let bundleNames = ["cria_cria.resources", "cria_cria.bundle"]

  /// Where it is.
  static func path() throws(Failure) -> String {
    let executable = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    let folder = executable.resolvingSymlinksInPath().deletingLastPathComponent()
    for name in bundleNames {
      let bundle = folder.appending(path: name, directoryHint: .isDirectory)
      for part in ["", "Contents/Resources/"] {
        let path = bundle.appending(path: part + fileName).path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path) { return path }
      }
    }
    throw Failure(
      .missingInput, "noEmbeddedModel",
      "the embedded model is not beside the program; copy the folder "
        + "\(bundleNames.joined(separator: " or ")) of the build there, or name a model file",
      at: folder.path(percentEncoded: false))
  }
}
