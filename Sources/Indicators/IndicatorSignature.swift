/// What an indicator is called and takes: the one place from which parser, help and documentation read.
public struct IndicatorSignature: Sendable {
  /// One series that the function reads.
  public enum Input: Sendable, Equatable {
    /// An expression that the user writes, in argument position.
    case expression(String)
    /// A field of the panel, taken without being written: `atr(14)` reads high, low and close.
    case field(String)
  }

  /// One number that the function takes.
  public struct Argument: Sendable, Equatable {
    /// Name in the documentation, for example `n`.
    public let name: String
    /// Least value allowed.
    public let minimum: Double
    /// Whether it must be a whole number, such as a number of bars.
    public let isWhole: Bool

    /// A whole number of bars, at least `minimum`.
    public static func bars(_ name: String, atLeast minimum: Double = 1) -> Argument {
      Argument(name: name, minimum: minimum, isWhole: true)
    }

    /// Any finite number, at least `minimum`.
    public static func number(_ name: String, atLeast minimum: Double = -.infinity) -> Argument {
      Argument(name: name, minimum: minimum, isWhole: false)
    }
  }

  /// Name in expressions.
  public let name: String
  /// Series read; written expressions come first in a call, then the numbers.
  public let inputs: [Input]
  /// Numbers taken.
  public let arguments: [Argument]
  /// One sentence: what it computes.
  public let summary: String
  /// How the first value is formed, and what the conventions are.
  public let seeding: String
  /// Where the definition comes from.
  public let source: String

  /// Describes an indicator.
  public init(
    name: String, inputs: [Input], arguments: [Argument], summary: String, seeding: String,
    source: String
  ) {
    self.name = name
    self.inputs = inputs
    self.arguments = arguments
    self.summary = summary
    self.seeding = seeding
    self.source = source
  }

  /// The call as a user writes it, for example `bollinger_upper(x, n, k)`.
  public var usage: String {
    let written = inputs.compactMap { if case .expression(let name) = $0 { name } else { nil } }
    return "\(name)(\((written + arguments.map(\.name)).joined(separator: ", ")))"
  }
}

/// Why an indicator cannot be made.
public enum IndicatorError: Error, Equatable {
  /// More or fewer numbers than the signature lists.
  case argumentCount(indicator: String, expected: Int, found: Int)
  /// An argument lies outside its range or is not whole.
  case argument(indicator: String, name: String, value: Double, expected: String)
}
