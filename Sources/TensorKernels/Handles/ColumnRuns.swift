/// Evenly spaced runs of columns in two matrices, such as one part of every head.
public struct ColumnRuns: Sendable {
  /// How many runs.
  public var count: Int
  /// Columns of a run.
  public var width: Int
  /// Where the first run starts in the source, and how far apart runs are there.
  public var source: (first: Int, stride: Int)
  /// Where the first run goes in the target, and how far apart runs are there.
  public var target: (first: Int, stride: Int)

  /// Creates runs; one run needs no strides.
  public init(
    count: Int = 1, width: Int, from source: (first: Int, stride: Int) = (0, 0),
    to target: (first: Int, stride: Int) = (0, 0)
  ) {
    self.count = count
    self.width = width
    self.source = source
    self.target = target
  }
}
