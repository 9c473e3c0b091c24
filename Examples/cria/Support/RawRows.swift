import QuantCore

/// Rows of one tensor type in a file that holds nothing else.
struct RawRows {
  /// How many there are.
  var rows: Int
  /// The bytes of their blocks.
  var bytes: Int

  /// The rows that some float32 numbers make.
  init(type: TensorType, columns: Int, values: Int, file: String) throws(Failure) {
    let rowBytes = try Self.rowBytes(type, columns: columns, file: file)
    rows = values / columns
    bytes = rows * rowBytes
    guard rows > 0, values == rows * columns else {
      throw Failure(
        .badData, "sizeMismatch", "\(values) numbers are not rows of \(columns)", at: file)
    }
  }

  /// The rows that some blocks make.
  init(type: TensorType, columns: Int, bytes: Int, file: String) throws(Failure) {
    let rowBytes = try Self.rowBytes(type, columns: columns, file: file)
    rows = bytes / rowBytes
    self.bytes = bytes
    guard rows > 0, bytes == rows * rowBytes else {
      throw Failure(
        .badData, "sizeMismatch",
        "\(bytes) bytes are not rows of \(rowBytes), which \(columns) columns of \(type) take",
        at: file)
    }
  }

  private static func rowBytes(
    _ type: TensorType, columns: Int, file: String
  ) throws(Failure) -> Int {
    do throws(QuantError) {
      return try type.byteCount(shape: [columns])
    } catch {
      throw Failure(any: error, file: file)
    }
  }

  /// What the commands tell.
  struct Result: Encodable {
    /// The bytes written.
    var bytes: Int
    /// The root of the mean squared error, where there is something to compare with.
    @Nullable var rmse: Double?
    /// The time of the conversion alone.
    var seconds: Double

    init(bytes: Int, rmse: Double? = nil, seconds: Double) {
      self.bytes = bytes
      self.rmse = rmse
      self.seconds = seconds
    }

    /// Prints it, as JSON where that is asked for.
    func write(to path: String, as format: OutputGroup) throws {
      if format.json {
        try Console.writeJSON(self)
      } else {
        let error = rmse.map { ", root mean squared error \($0)" } ?? ""
        try Console.write(
          "\(path): \(Format.bytes(bytes)) in \(Format.seconds(seconds))\(error)\n")
      }
    }
  }
}
