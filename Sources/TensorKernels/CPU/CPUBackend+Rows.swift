import CTensorKernels
import QuantCore

// Operations on single rows.
extension CPUBackend {
  /// out[i] = table row `rows[i]`, decoded.
  public func gather(_ rows: [Int], from table: Weight, into out: Activations) {
    guard let storage = table.storage as? RowTable else {
      preconditionFailure("\(table.name) was not prepared as a table of this backend")
    }
    let target = host(out)
    storage.source.withBytes { bytes in
      forEachRow(of: rows.count, columns: out.columns) { index in
        let start = rows[index] * storage.rowBytes
        let row = bytes.extracting(start..<start + storage.rowBytes)
        let buffer = UnsafeMutableBufferPointer(start: target.row(index), count: out.columns)
        var values = buffer.mutableSpan
        storage.format.decode(row, into: &values)
      }
    }
  }

  /// out[i] = x[rows[i]].
  public func select(_ rows: [Int], of x: Activations, into out: Activations) {
    let (source, target) = (host(x), host(out))
    for (index, row) in rows.enumerated() {
      target.row(index).update(from: source.row(row), count: x.columns)
    }
  }

  /// out = a + b.
  public func add(_ a: Activations, _ b: Activations, into out: Activations) {
    let (a, b, target) = (host(a), host(b), host(out))
    forEachRow(of: out.rows, columns: out.columns) { row in
      table.add(a.row(row), b.row(row), out.columns, target.row(row))
    }
  }

  /// x += bias, in every row.
  public func addBias(_ bias: Weight, to x: Activations) {
    let (bias, target) = (vector(bias), host(x))
    forEachRow(of: x.rows, columns: x.columns) { row in
      table.add(target.row(row), bias.values, x.columns, target.row(row))
    }
  }

  /// Rotates the first `2 * pairs` elements of each head.
  public func rotate(_ x: Activations, by rotation: Rotation, headDimension: Int) {
    let target = host(x)
    let angles = HostRotation(host(rotation.cosines), host(rotation.sines), rotation)
    forEachRow(of: x.rows, columns: x.columns) { row in
      rotate(target.row(row), x.columns, by: angles, row: row, headDimension: headDimension)
    }
  }

  /// A rotation whose handles have been opened.
  struct HostRotation {
    let cosines: CPUActivations
    let sines: CPUActivations
    let pairs: Int
    let pairing: Rotation.Pairing

    init(_ cosines: CPUActivations, _ sines: CPUActivations, _ rotation: Rotation) {
      self.cosines = cosines
      self.sines = sines
      pairs = rotation.cosines.columns
      pairing = rotation.pairing
    }
  }

  func rotate(
    _ values: UnsafeMutablePointer<Float>, _ columns: Int, by rotation: HostRotation, row: Int,
    headDimension: Int
  ) {
    let kernel = rotation.pairing == .adjacent ? table.rope_pairs : table.rope_halves
    for head in stride(from: 0, to: columns, by: headDimension) {
      kernel(values + head, rotation.cosines.row(row), rotation.sines.row(row), rotation.pairs)
    }
  }
}
