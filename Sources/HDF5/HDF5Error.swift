import CHDF5

/// Why a call into the HDF5 library failed.
public struct HDF5Error: Error, Equatable, CustomStringConvertible {
  /// What was tried, for example `open the file`.
  public var operation: String
  /// Path of the file, then a colon and the path of the object inside it.
  public var path: String
  /// The library's error stack, innermost cause first.
  public var stack: String

  /// An error of one operation on one object.
  public init(operation: String, path: String, stack: String) {
    self.operation = operation
    self.path = path
    self.stack = stack
  }

  /// The innermost cause.
  public var cause: String { String(stack.prefix { $0 != ";" }) }

  /// What happened, where, and why.
  public var description: String { "HDF5 could not \(operation) \(path): \(stack)" }

  /// Throws for a negative status, with the reasons that the library gives for it.
  @discardableResult
  static func check<Status: SignedInteger>(
    _ status: Status, _ operation: String, _ path: String
  ) throws(HDF5Error) -> Status {
    guard status >= 0 else {
      throw HDF5Error(operation: operation, path: path, stack: Library.errorStack())
    }
    return status
  }
}
