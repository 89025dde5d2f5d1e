import TestSupport

/// Writes random expressions of the right types, as text.
struct ExpressionGenerator {
  var random: TestRandom
  let fields = ["open", "high", "low", "close", "volume"]
  /// Parameters that may be used; their values are whole numbers of at least 1.
  let parameters: [String]

  mutating func condition(_ depth: Int) -> String {
    guard depth > 0 else { return "\(number(0)) \(comparison()) \(number(0))" }
    switch random.int(1...9) {
    case 1...3: return "\(number(depth - 1)) \(comparison()) \(number(depth - 1))"
    case 4: return "(\(condition(depth - 1))) and (\(condition(depth - 1)))"
    case 5: return "(\(condition(depth - 1)) or \(condition(depth - 1)))"
    case 6: return "not (\(condition(depth - 1)))"
    case 7: return "if(\(condition(depth - 1)), \(condition(depth - 1)), \(condition(depth - 1)))"
    case 8 where random.one(in: 3): return "every(\(length()))"
    default:
      let name = random.pick(["crosses_above", "crosses_below"])
      return "\(name)(\(number(depth - 1)), \(number(depth - 1)))"
    }
  }

  mutating func number(_ depth: Int) -> String {
    guard depth > 0 else { return leaf() }
    let next = depth - 1
    switch random.int(1...9) {
    case 1: return "(\(number(next)) \(random.pick(["+", "-", "*", "/"])) \(number(next)))"
    case 2: return "-\(number(next))"
    case 3: return "\(random.pick(["abs", "sqrt", "log"]))(\(number(next)))"
    case 4: return "exp(\(exact(next)) / 100) ^ \(random.pick(["2", "-1", "0.5"]))"
    case 5: return "\(random.pick(["min", "max"]))(\(number(next)), \(number(next)))"
    case 6: return "if(\(condition(next)), \(number(next)), \(number(next)))"
    case 7: return "bars_since(\(condition(next)))"
    case 8: return "\(random.pick(["lag", "highest", "lowest"]))(\(number(next)), \(length()))"
    default:
      return "\(random.pick(["sma", "mean", "sum", "delta"]))(\(exact(next)), \(length()))"
    }
  }

  /// A number whose values are whole multiples of a quarter and not large, so that sums of them have no rounding and
  /// two ways to add agree to the bit: else a comparison could fall either way.
  private mutating func exact(_ depth: Int) -> String {
    guard depth > 0 else { return leaf() }
    switch random.int(1...6) {
    case 1: return "(\(exact(depth - 1)) \(random.pick(["+", "-"])) \(exact(depth - 1)))"
    case 2: return "\(random.int(2...3)) * \(exact(depth - 1))"
    case 3:
      return "\(random.pick(["lag", "highest", "lowest", "sum"]))(\(exact(depth - 1)), \(length()))"
    case 4: return "max(\(exact(depth - 1)), \(exact(depth - 1)))"
    case 5: return "if(\(condition(depth - 1)), \(exact(depth - 1)), \(exact(depth - 1)))"
    default: return leaf()
    }
  }

  private mutating func leaf() -> String {
    switch random.int(1...8) {
    case 1: "\(random.int(0...60))"
    case 2: "\(random.int(0...200)).\(random.pick(["25", "5", "75"]))"
    case 3, 4: parameters.isEmpty ? "12" : random.pick(parameters)
    default: random.pick(fields)
    }
  }

  private mutating func length() -> String {
    guard !parameters.isEmpty, random.int(1...3) > 1 else { return "\(random.int(1...9))" }
    let parameter = random.pick(parameters)
    switch random.int(1...5) {
    case 1: return "\(parameter) + \(random.int(0...5))"
    case 2: return "max(\(parameter), \(random.pick(parameters)))"
    case 3: return "if(\(parameter) > 3, \(parameter), 2 * \(parameter))"
    default: return parameter
    }
  }

  private mutating func comparison() -> String { random.pick(["<", "<=", ">", ">=", "==", "!="]) }
}
