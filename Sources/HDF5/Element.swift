import CHDF5

/// A number that a dataset or an attribute can hold.
public protocol Element: BitwiseCopyable, Sendable {
  /// Which of the library's types it is.
  static var kind: ElementKind { get }
}

/// The numeric types that are written; others are converted by the library on reading.
public enum ElementKind: Sendable {
  /// IEEE 754, 64 bits.
  case double
  /// IEEE 754, 32 bits.
  case float
  /// 64-bit signed integer.
  case int64
  /// 32-bit signed integer.
  case int32
  /// 8-bit signed integer.
  case int8

  /// The type in memory.
  var memory: hid_t {
    switch self {
    case .double: apus_h5_native_double()
    case .float: apus_h5_native_float()
    case .int64: apus_h5_native_int64()
    case .int32: apus_h5_native_int32()
    case .int8: apus_h5_native_int8()
    }
  }

  /// The type in files: little-endian.
  var file: hid_t {
    switch self {
    case .double: apus_h5_file_double()
    case .float: apus_h5_file_float()
    case .int64: apus_h5_file_int64()
    case .int32: apus_h5_file_int32()
    case .int8: apus_h5_file_int8()
    }
  }
}

extension Double: Element {
  /// 64-bit floating point.
  public static var kind: ElementKind { .double }
}

extension Float: Element {
  /// 32-bit floating point.
  public static var kind: ElementKind { .float }
}

extension Int64: Element {
  /// 64-bit integer.
  public static var kind: ElementKind { .int64 }
}

extension Int32: Element {
  /// 32-bit integer.
  public static var kind: ElementKind { .int32 }
}

extension Int8: Element {
  /// 8-bit integer.
  public static var kind: ElementKind { .int8 }
}
