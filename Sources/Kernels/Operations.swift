#if canImport(Glibc)
  import Glibc
#endif

/// An elementwise function of one value.
public enum UnaryOperation: UInt8, Hashable, Sendable, BitwiseCopyable {
  case negate, absolute, squareRoot, logarithm, exponential, isDefined

  /// The function of one number.
  public func apply(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .absolute: x.magnitude
    case .squareRoot: x.squareRoot()
    case .logarithm: log(x)
    case .exponential: exp(x)
    case .isDefined: x.isNaN ? 0 : 1
    }
  }
}

/// An elementwise function of two values.
///
/// Comparisons give 1 or 0, and 0 if either side is NaN.
public enum BinaryOperation: UInt8, Hashable, Sendable, BitwiseCopyable {
  case add, subtract, multiply, divide, power, minimum, maximum
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
  case and, or

  /// The function of two numbers.
  public func apply(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: pow(a, b)
    case .minimum: a.isNaN || b.isNaN ? .nan : (b < a ? b : a)
    case .maximum: a.isNaN || b.isNaN ? .nan : (b > a ? b : a)
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    case .greaterOrEqual: a >= b ? 1 : 0
    case .equal: a == b ? 1 : 0
    case .notEqual: a < b || a > b ? 1 : 0
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    }
  }

  /// The comparison that holds exactly when both sides are defined and this one does not hold.
  public var opposite: BinaryOperation? {
    switch self {
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    case .equal: .notEqual
    case .notEqual: .equal
    default: nil
    }
  }
}
