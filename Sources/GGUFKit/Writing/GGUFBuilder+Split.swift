internal import QuantCore

extension GGUFBuilder {
  /// Writes a model as several files, `prefix-00001-of-0000N.gguf` and so on. The first holds
  /// the metadata; each holds tensors up to a number of bytes, but at least one.
  ///
  /// - Parameters:
  ///   - prefix: the path of the files without the numbers.
  ///   - maximumBytes: how many bytes of tensors one file holds.
  /// - Returns: the paths, in order.
  /// - Throws: ``GGUFError`` when the options or tensors cannot be, or a file cannot be written.
  @discardableResult
  public func writeParts(
    toPrefix prefix: String, maximumBytes: Int
  ) throws(GGUFError) -> [String] {
    let groups = groups(maximumBytes: maximumBytes)
    guard groups.count <= GGUFLimits.splitCount else {
      throw GGUFError(
        .limitExceeded, "\(groups.count) parts are too many; let each hold more", at: .file(prefix))
    }
    let name = SplitName(prefix: prefix)
    var paths: [String] = []
    for (number, group) in groups.enumerated() {
      var part = GGUFBuilder(
        metadata: number == 0 ? metadata : [:], tensors: group, options: options)
      // The parts' own alignment: the metadata that may name it are in the first part alone.
      part.metadata["general.alignment"] = metadata["general.alignment"]
      part.metadata["split.no"] = .uint16(UInt16(number))
      part.metadata["split.count"] = .uint16(UInt16(groups.count))
      part.metadata["split.tensors.count"] = .int32(Int32(clamping: tensors.count))
      let path = name.path(number: number, count: groups.count)
      try part.write(toPath: path)
      paths.append(path)
    }
    return paths
  }

  private func groups(maximumBytes: Int) -> [[any TensorSource]] {
    var groups: [[any TensorSource]] = [[]]
    var bytes = 0
    for tensor in tensors {
      if let last = groups.last, !last.isEmpty, bytes + tensor.byteCount > maximumBytes {
        groups.append([])
        bytes = 0
      }
      groups[groups.count - 1].append(tensor)
      bytes += tensor.byteCount
    }
    return groups
  }
}
