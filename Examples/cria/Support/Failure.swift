import ArgumentParser
import ChatTemplate
import Foundation
import GGUFKit
import LlamaModel
import ModelConversion
import ModelEvaluation
import QuantCore
import Sampling
import TensorKernels

/// What went wrong, as the tool tells it: one line, or JSON, and an exit status.
struct Failure: Error {
  /// The exit statuses, as in `sysexits.h`.
  enum Status: Int32 {
    case usage = 64
    case badData = 65
    case missingInput = 66
    case failed = 70
    case interrupted = 130
  }

  var status: Status
  /// For programs.
  var code: String
  /// What happened and what to do.
  var message: String
  /// Where.
  var location: String?

  init(_ status: Status, _ code: String, _ message: String, at location: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.location = location
  }

  static let interrupted = Failure(.interrupted, "interrupted", "interrupted")

  /// The message and the place, in one line; names in them may come from a file.
  var line: String {
    let line = location.map { "\(message) (\($0))" } ?? message
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
      .unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : String($0) }.joined()
  }

  /// Reports the failure and ends the process.
  func exit() -> Never {
    if CommandLine.arguments.dropFirst().prefix(while: { $0 != "--" }).contains("--json") {
      let report = Report(error: .init(code: code, message: message, location: location))
      Console.note((try? Console.jsonLine(report)) ?? line)
    } else {
      // Ctrl-C leaves the cursor behind whatever was written last.
      let isInLine = status == .interrupted && Console.isErrorTerminal
      Console.note("\(isInLine ? "\n" : "")cria: \(line)")
    }
    Foundation.exit(status.rawValue)
  }

  private struct Report: Encodable {
    struct Body: Encodable {
      var code: String
      var message: String
      @Nullable var location: String?
    }

    var error: Body
  }
}

extension Failure {
  /// Any error, with the file that it is about where the error does not name it.
  init(any error: any Error, file: String? = nil) {
    switch error {
    case let failure as Failure:
      self = failure
    case let error as GGUFError:
      self.init(error, file: file)
    case let error as QuantError:
      self.init(error, file: file)
    case let error as ModelError:
      self.init(error, file: file)
    case let error as ConversionError:
      self.init(error, file: file)
    case let error as EvaluationError:
      self.init(error, file: file)
    case let error as BackendError:
      self.init(
        error.code == .unavailable ? .usage : .failed, error.code.description, error.message,
        at: error.tensor.map { "tensor \($0)" })
    case let error as TemplateError:
      let place = error.location.map { "line \($0.line), column \($0.column)" }
      self.init(
        .badData, error.code.description, error.message,
        at: [file, place].compactMap(\.self).joined(separator: ", ").nonEmpty)
    case let error as SamplingError:
      self.init(.usage, error.code.rawValue, error.message, at: error.option)
    default:
      if Cria.exitCode(for: error) == .validationFailure {
        self.init(usage: error)
      } else {
        self.init(.failed, "internal", Cria.message(for: error), at: file)
      }
    }
  }

  private init(usage error: any Error) {
    let lines = Cria.fullMessage(for: error).split(separator: "\n")
    // What the parser says beside the message: the argument's description, and where to look.
    let description = lines.compactMap { $0.firstMatch(of: /^Help: .*  (.+)/)?.output.1 }.first
    let help = lines.compactMap { $0.firstMatch(of: /See '(.+)' for/)?.output.1 }.first
    let parts = [Cria.message(for: error), description.map { "(\($0))" }].compactMap(\.self)
    self.init(
      .usage, "usage",
      parts.joined(separator: " ").withFullStop + " See \(help ?? "cria --help").")
  }

  private init(_ error: GGUFError, file: String?) {
    let status: Status =
      switch error.code {
      case .cannotWrite: .failed
      case .missingPart: .missingInput
      default: .badData
      }
    let place: String? =
      switch error.location {
      case .byteOffset(let offset): "byte \(offset)"
      case .key(let key): "key \(key)"
      case .tensor(let name): "tensor \(name)"
      case .file, nil: nil
      }
    var path = file
    if case .file(let name) = error.location { path = name }
    let message = error.cause.map { "\(error.message): \($0)" } ?? error.message
    self.init(
      status, error.code.description, message,
      at: [path, place].compactMap(\.self).joined(separator: ", ").nonEmpty)
  }

  private init(_ error: QuantError, file: String?) {
    let place: String? =
      switch error.location {
      case .tensor(let name) where name != file: "tensor \(name)"
      case .value(_, let row, let column): "row \(row), column \(column)"
      case .tensor, .typeID, nil: nil
      }
    self.init(
      .badData, error.code.description, error.message,
      at: [file, place].compactMap(\.self).joined(separator: ", ").nonEmpty)
  }

  private init(_ error: ConversionError, file: String?) {
    if let cause = error.cause {
      self.init(cause, file: file)
      return
    }
    let status: Status =
      switch error.code {
      case .unknownRecipe, .invalidArgument: .usage
      case .cancelled: .interrupted
      case .cannotWrite: .failed
      default: .badData
      }
    let place: String? =
      switch error.location {
      case .tensor(let name): "tensor \(name)"
      case .value(let name, let row, let column): "tensor \(name), row \(row), column \(column)"
      case nil: nil
      }
    self.init(
      status, error.code.description, error.message,
      at: [file, place].compactMap(\.self).joined(separator: ", ").nonEmpty)
  }

  private init(_ error: EvaluationError, file: String?) {
    if error.code == .modelFailure, let cause = error.cause {
      self.init(cause, file: file)
      return
    }
    let status: Status =
      switch error.code {
      case .invalidArgument: .usage
      case .cancelled: .interrupted
      default: .badData
      }
    let place = [file, error.window.map { "window \($0)" }].compactMap(\.self)
    self.init(
      status, error.code.description, error.message, at: place.joined(separator: ", ").nonEmpty)
  }

  private init(_ error: ModelError, file: String?) {
    if error.code == .cancelled {
      self = .interrupted
      return
    }
    let status: Status =
      switch error.code {
      case .invalidArgument: .usage
      case .backendFailure: .failed
      default: .badData
      }
    let place: String? =
      switch error.location {
      case .byteOffset(let offset): "byte \(offset)"
      case .key(let key): "key \(key)"
      case .tensor(let name): "tensor \(name)"
      case .file(let path): path
      case nil: nil
      }
    self.init(
      status, error.code.description, error.message,
      at: [file, place].compactMap(\.self).joined(separator: ", ").nonEmpty)
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }

  fileprivate var withFullStop: String {
    last.map { ".?!".contains($0) } == true || hasSuffix(".)") ? self : self + "."
  }
}
