import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels

/// What a file's header says about it.
struct FileSummary: Encodable {
  struct Tensor: Encodable {
    var name: String
    var type: String
    var shape: [Int]
    var bytes: Int
    var offset: Int
  }

  struct Memory: Encodable {
    var weights: Int
    var cache: Int
    var work: Int
  }

  @Nullable var architecture: String?
  @Nullable var name: String?
  var parameters: Int
  var fileBytes: Int
  @Nullable var bitsPerWeight: Double?
  /// How many tensors there are of each type.
  var types: [String: Int]
  var metadata: [String: MetadataValue]
  var tensors: [Tensor]
  @Nullable var memory: Memory?

  private let bytesByType: [(type: String, bytes: Int)]
  private let metadataKeys: [String]
  private let contextLength: Int?

  private enum CodingKeys: CodingKey {
    case architecture, name, parameters, fileBytes, bitsPerWeight, types, metadata, tensors
    case memory
  }

  /// Summarizes a file.
  ///
  /// - Parameters:
  ///   - context: Positions to count memory for; what the model was trained for unless given.
  ///   - cacheType: How keys and values are kept.
  init(_ file: GGUFFile, context: Int?, cacheType: CacheTypes) {
    architecture = file[.architecture]
    name = file[.name]
    parameters = file.tensors.reduce(0) { $0 + $1.elementCount }
    fileBytes = file.fileBytes
    let bytes = file.tensors.reduce(0) { $0 + $1.byteCount }
    bitsPerWeight = parameters > 0 ? Double(bytes) * 8 / Double(parameters) : nil
    types = Dictionary(file.tensors.map { ($0.type.name, 1) }, uniquingKeysWith: +)
    bytesByType = Dictionary(
      file.tensors.map { ($0.type.name, $0.byteCount) }, uniquingKeysWith: +
    ).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    metadataKeys = file.metadata.keys
    metadata = Dictionary(
      file.metadata.map { ($0.key, MetadataValue($0.value)) }, uniquingKeysWith: { $1 })
    tensors = file.tensors.map {
      Tensor(
        name: $0.name, type: $0.type.name, shape: $0.shape, bytes: $0.byteCount, offset: $0.offset)
    }
    memory = Self.memory(of: file, context: context, cacheType: cacheType)
    contextLength = context ?? file[.contextLength]
  }

  /// Only a model that can be run has figures of what running it takes.
  private static func memory(of file: GGUFFile, context: Int?, cacheType: CacheTypes) -> Memory? {
    guard let architecture = file[.architecture], !file.tensors.isEmpty,
      ArchitectureRegistry.names.contains(architecture),
      let estimate = try? MemoryEstimate(of: file, context: context, cacheType: cacheType)
    else { return nil }
    return Memory(weights: estimate.weights, cache: estimate.cache, work: estimate.work)
  }
}

extension FileSummary {
  /// The summary for people.
  func text(listingTensors: Bool) -> String {
    var rows = [["name", name ?? "-"], ["architecture", architecture ?? "-"]]
    rows.append(["parameters", Format.quantity(parameters)])
    let bits = bitsPerWeight.map { ", \(Format.decimal($0, places: 2)) bits per weight" } ?? ""
    rows.append(["file", Format.bytes(fileBytes) + bits])
    for (index, (type, bytes)) in bytesByType.enumerated() {
      rows.append([
        index == 0 ? "tensors" : "", "\(types[type] ?? 0) x \(type), \(Format.bytes(bytes))",
      ])
    }
    rows.append(["memory", memoryText])
    var text = Format.table(rows) + "\nMetadata\n"
    text += Format.table(
      metadataKeys.map { ["  \($0)", metadata[$0]?.shortText ?? ""] })
    if listingTensors {
      text += "\nTensors\n"
      text += Format.table(
        tensors.map {
          [
            "  \($0.name)", $0.type, $0.shape.map(String.init).joined(separator: " x "),
            Format.bytes($0.bytes), "at \($0.offset)",
          ]
        }, rightAligned: [3])
    }
    return text
  }

  private var memoryText: String {
    guard let memory, let contextLength else { return "unknown: cria cannot run this file" }
    let (total, physical) = (
      memory.weights + memory.cache + memory.work, Int(ProcessInfo.processInfo.physicalMemory)
    )
    return """
      \(Format.bytes(total)) for a context of \(contextLength): \
      weights \(Format.bytes(memory.weights)), cache \(Format.bytes(memory.cache)), \
      work \(Format.bytes(memory.work)); this computer has \(Format.bytes(physical)), \
      \(total < physical ? "so it fits" : "so it does not fit: choose a shorter --context")
      """
  }
}
