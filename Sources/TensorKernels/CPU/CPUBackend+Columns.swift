extension CPUBackend {
  /// Copies runs of columns of every row.
  public func copyColumns(_ runs: ColumnRuns, of x: Activations, into out: Activations) {
    let (source, target) = (host(x), host(out))
    forEachRow(of: x.rows, columns: runs.count * runs.width) { row in
      let (from, to) = (source.row(row) + runs.source.first, target.row(row) + runs.target.first)
      for run in 0..<runs.count {
        (to + run * runs.target.stride).update(
          from: from + run * runs.source.stride, count: runs.width)
      }
    }
  }
}
