import ArgumentParser
import ChatTemplate
import GGUFKit
import LlamaModel

struct Template: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Renders a chat template.",
    discussion: """
      The template is the model's, or a file's. The context is a JSON object with all that the \
      template asks for: messages, tools, add_generation_prompt, bos_token and so on.

      Examples:
        cria template model.gguf --context chat.json
        cria template --template chat.jinja --context chat.json --now 2026-11-21T09:30:00 --json
      """)

  @Argument(help: "A GGUF file; it needs no tensors.")
  var model: String?

  @Option(help: ArgumentHelp("A template to use instead of the model's.", valueName: "file"))
  var template: String?

  @Option(help: ArgumentHelp("A JSON object: the template's variables.", valueName: "file"))
  var context: String

  @Option(
    help: ArgumentHelp("The time that the template sees. (default: now)", valueName: "iso8601"))
  var now: String?

  @OptionGroup var output: OutputGroup

  func validate() throws {
    if model == nil, template == nil {
      throw ValidationError("There is no template; give MODEL or --template.")
    }
    if let now, TemplateDate(iso8601: now) == nil {
      throw ValidationError("--now \(now) is no time; write it as 2026-11-21T09:30:00.")
    }
  }

  func run() throws {
    let (source, path) = try source()
    let json = try InputFile.text(context)
    let values: TemplateValue
    do {
      values = try TemplateValue(json: json)
    } catch {
      throw Failure(any: error, file: context)
    }
    let text: String
    do {
      let options = TemplateOptions(now: now.flatMap { TemplateDate(iso8601: $0) } ?? .current)
      text = try ChatTemplate(source: source).render(values, options: options)
    } catch {
      throw Failure(any: error, file: path)
    }
    if output.json {
      try Console.writeJSON(["text": text])
    } else {
      try Console.write(text)
    }
  }

  /// The template and the file that it comes from.
  private func source() throws(Failure) -> (text: String, path: String) {
    if let template { return (try InputFile.text(template), template) }
    let file = try ModelFile(pathOrEmbedded: model)
    guard let text = file.contents.metadata[.chatTemplate] else {
      throw Failure(
        .badData, "noTemplate", "the model has no chat template; give one with --template",
        at: file.path)
    }
    return (text, file.path)
  }
}
