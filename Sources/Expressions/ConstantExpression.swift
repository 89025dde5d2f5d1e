import Kernels

/// A number that is the same at every bar of a lane: built from numbers and parameters.
///
/// Conditions are 1 and 0. NaN means "undefined", and a comparison with it is false.
public indirect enum ConstantExpression: Hashable, Sendable {
  /// A number as written.
  case number(Double)
  /// A parameter by position.
  case parameter(Int)
  /// An elementwise function of one number.
  case unary(UnaryOperation, ConstantExpression)
  /// An elementwise function of two numbers.
  case binary(BinaryOperation, ConstantExpression, ConstantExpression)
  /// What no computation defined: NaN.
  case undefined
  /// A choice.
  case select(ConstantExpression, ConstantExpression, ConstantExpression)

  /// The value for parameter values in the order of the plan's axes.
  public func value(_ parameters: [Double]) -> Double {
    switch self {
    case .number(let value): value
    case .parameter(let index): parameters[index]
    case .undefined: .nan
    case .unary(let operation, let x): operation.apply(x.value(parameters))
    case .binary(let operation, let a, let b):
      operation.apply(a.value(parameters), b.value(parameters))
    case .select(let condition, let a, let b):
      condition.value(parameters) != 0 ? a.value(parameters) : b.value(parameters)
    }
  }

  /// Positions of the parameters that the value depends on.
  public var parameters: Set<Int> {
    switch self {
    case .number, .undefined: []
    case .parameter(let index): [index]
    case .unary(_, let x): x.parameters
    case .binary(_, let a, let b): a.parameters.union(b.parameters)
    case .select(let c, let a, let b): c.parameters.union(a.parameters).union(b.parameters)
    }
  }

  /// Number of operations and values.
  var size: Int {
    switch self {
    case .number, .parameter, .undefined: 1
    case .unary(_, let x): 1 + x.size
    case .binary(_, let a, let b): 1 + a.size + b.size
    case .select(let c, let a, let b): 1 + c.size + a.size + b.size
    }
  }
}
