extension IndicatorSignature.Argument {
  /// Most bars that an argument may ask for: a bound on memory, ten times what TA-Lib allows.
  public static let mostBars: Double = 1_000_000

  /// What a value must be, in words.
  public var expectation: String {
    if isWhole {
      return "a whole number of bars from \(Int(minimum)) to \(Int(Self.mostBars))"
    }
    return minimum == -.infinity ? "a finite number" : "a finite number, at least \(minimum)"
  }

  /// Whether a value may be used.
  public func accepts(_ value: Double) -> Bool {
    guard value.isFinite, value >= minimum else { return false }
    return !isWhole || (value == value.rounded() && value <= Self.mostBars)
  }
}

extension IndicatorSignature {
  /// Checks that numbers fit the signature: as many as it lists, each inside its range.
  ///
  /// - Throws: `IndicatorError` naming the first that doesn't fit.
  public func validate(_ values: [Double]) throws(IndicatorError) {
    guard values.count == arguments.count else {
      throw .argumentCount(indicator: name, expected: arguments.count, found: values.count)
    }
    for (argument, value) in zip(arguments, values) where !argument.accepts(value) {
      throw .argument(
        indicator: name, name: argument.name, value: value, expected: argument.expectation)
    }
  }
}

extension IndicatorError: CustomStringConvertible {
  /// What is wrong with the call, and what to write instead.
  public var description: String {
    switch self {
    case .argumentCount(let indicator, let expected, let found):
      "\(indicator) takes \(expected) number\(expected == 1 ? "" : "s"), but \(found) "
        + "\(found == 1 ? "was" : "were") given. Write each number of its signature once."
    case .argument(let indicator, let name, let value, let expected):
      "\(indicator): argument \(name) is \(value). Give \(expected)."
    }
  }
}
