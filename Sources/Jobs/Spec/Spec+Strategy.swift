import Expressions
import Kernels

extension Spec {
  mutating func readStrategy(_ root: inout SpecReader) throws(SpecError) {
    guard var reader = try root.object("strategy") else {
      throw .missing(path: "strategy", expected: "{ long_entry: \"…\", long_exit: \"…\" }")
    }
    let condition = "a condition in quotes, such as \"close > sma(close, 20)\""
    strategy.longEntry = try reader.string("long_entry", condition)
    strategy.longExit = try reader.string("long_exit", condition)
    strategy.shortEntry = try reader.string("short_entry", condition)
    strategy.shortExit = try reader.string("short_exit", condition)
    let distance = "a fraction such as 0.05, or an expression of parameters in quotes"
    strategy.stopLoss = try Self.numberOrText(&reader, "stop_loss", distance)
    strategy.takeProfit = try Self.numberOrText(&reader, "take_profit", distance)
    strategy.trailingStop = try Self.numberOrText(&reader, "trailing_stop", distance)
    if let parts = try reader.object("let") { try readParts(parts) }
    if var size = try reader.object("size") {
      strategy.fraction = try Self.numberOrText(&size, "fraction_of_equity", distance)
      for kind in ["units", "notional", "risk", "volatility_target", "kelly"] {
        try size.notYet(kind, "sizing by \(kind)", instead: "Use size: { fraction_of_equity: … }.")
      }
      try size.finish()
    }
    try reader.notYet("max_bars", "a limit on holding time", instead: "Use bars_since in the exit.")
    try reader.notYet(
      "reverse", "reversing in one step", instead: "Give exits for both sides.",
      neutral: [.bool(false)])
    for key in ["weights", "template", "rebalance"] {
      try reader.notYet(key, "'\(key)' (portfolio strategies)", instead: "Use entries and exits.")
    }
    try reader.finish()
  }

  private mutating func readParts(_ parts: SpecReader) throws(SpecError) {
    for member in parts.all {
      guard case .string(let text) = member.value.value else {
        throw parts.wrong(member.key, member.value, "an expression in quotes")
      }
      try Self.checkIdentifier(
        member.key, path: parts.at(member.key), line: member.value.place.line)
      guard !axes.contains(where: { $0.name == member.key }) else {
        throw .value(
          path: parts.at(member.key), line: member.value.place.line,
          found: "the name of a parameter", expected: "a name of its own")
      }
      strategy.parts[member.key] = text
    }
  }

  private static func numberOrText(
    _ reader: inout SpecReader, _ key: String, _ expected: String
  ) throws(SpecError) -> String? {
    guard let json = reader.optional(key) else { return nil }
    switch json.value {
    case .number(let value) where value.isFinite: return JSON5.text(value)
    case .string(let text): return text
    default: throw reader.wrong(key, json, expected)
    }
  }

  static func checkIdentifier(_ name: String, path: String, line: Int) throws(SpecError) {
    let letters = name.unicodeScalars
    let isFine =
      letters.first.map { $0 == "_" || isLetter($0) } ?? false
      && letters.allSatisfy { $0 == "_" || isLetter($0) || ("0"..."9").contains($0) }
    guard isFine, !["and", "or", "not"].contains(name) else {
      throw .value(
        path: path, line: line, found: "the name '\(name)'",
        expected: "letters, digits and _, beginning with a letter; not and, or, not")
    }
    guard FunctionCatalog.usage(of: name) == nil else {
      throw .value(
        path: path, line: line, found: "the name of the function '\(name)'",
        expected: "a name of its own")
    }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  // MARK: - Parameters

  /// The most values that one parameter may take.
  static let valuesLimit = 10_000_000

  mutating func readParameters(_ root: inout SpecReader) throws(SpecError) {
    guard let reader = try root.object("parameters") else { return }
    for member in reader.all {
      let path = reader.at(member.key)
      try Self.checkIdentifier(member.key, path: path, line: member.value.place.line)
      axes.append(
        ParameterGrid.Axis(name: member.key, values: try Self.values(member.value, path: path)))
    }
  }

  private static func values(_ json: JSON5, path: String) throws(SpecError) -> [Double] {
    switch json.value {
    case .number(let value) where value.isFinite: return [value]
    case .array(let list): return try listed(list, path: path, line: json.place.line)
    case .object: return try range(json, path: path)
    default:
      throw .value(
        path: path, line: json.place.line, found: json.kind,
        expected: "a number, a list of numbers, { from, to, step } or { from, to, count }")
    }
  }

  private static func listed(_ list: [JSON5], path: String, line: Int) throws(SpecError) -> [Double]
  {
    var values: [Double] = []
    var seen: Set<Double> = []
    for (index, element) in list.enumerated() {
      guard case .number(let value) = element.value, value.isFinite else {
        throw .value(
          path: "\(path)[\(index)]", line: element.place.line, found: element.kind,
          expected: "a finite number")
      }
      guard seen.insert(value).inserted else {
        throw .value(
          path: "\(path)[\(index)]", line: element.place.line, found: "\(JSON5.text(value)) twice",
          expected: "each value once")
      }
      values.append(value)
    }
    guard !values.isEmpty else {
      throw .value(path: path, line: line, found: "an empty list", expected: "at least one value")
    }
    return values
  }

  private static func range(_ json: JSON5, path: String) throws(SpecError) -> [Double] {
    var reader = try SpecReader(json, path: path)
    guard let from = try reader.number("from", "a number", where: { _ in true }) else {
      throw .missing(path: "\(path).from", expected: "the first value")
    }
    guard
      let to = try reader.number(
        "to", "a number of at least \(JSON5.text(from))", where: { $0 >= from })
    else { throw .missing(path: "\(path).to", expected: "the last value") }
    let step = try reader.number("step", "a number above 0") { $0 > 0 }
    let count = try reader.integer(
      "count", "a whole number from 2 to \(valuesLimit)", in: 2...valuesLimit)
    let scale = try reader.choice("scale", "scale", of: ["linear", "log"])
    try reader.finish()
    if let count {
      guard step == nil else {
        throw .value(
          path: path, line: json.place.line, found: "both step and count", expected: "one of them")
      }
      guard scale != "log" || from > 0 else {
        throw .value(
          path: "\(path).from", line: json.place.line, found: JSON5.text(from),
          expected: "a number above 0 on a log scale")
      }
      guard to > from else {
        throw .value(
          path: "\(path).to", line: json.place.line, found: JSON5.text(to),
          expected: "a number above \(JSON5.text(from))")
      }
      return spaced(from, to, count, isLog: scale == "log")
    }
    guard scale != "log" else {
      throw .missing(path: "\(path).count", expected: "the number of values on a log scale")
    }
    let width = step ?? 1
    // A tolerance of a thousandth of a step lets 0.1, 0.2, …, 0.3 end where it was meant to.
    let steps = ((to - from) / width + 0.001).rounded(.down)
    guard steps < Double(valuesLimit) else {
      throw .value(
        path: path, line: json.place.line, found: "\(steps + 1) values",
        expected: "at most \(valuesLimit)")
    }
    return (0...Int(steps)).map { decimal(from + Double($0) * width) }
  }

  private static func spaced(_ from: Double, _ to: Double, _ count: Int, isLog: Bool) -> [Double] {
    (0..<count).map { index in
      if index == 0 { return from }
      if index == count - 1 { return to }
      let share = Double(index) / Double(count - 1)
      if isLog { return from * power(to / from, share) }
      return decimal(from + (to - from) * share)
    }
  }

  /// Takes off the rounding noise of a sum such as 0.1 + 2 × 0.1, if the number is a short decimal.
  private static func decimal(_ value: Double) -> Double {
    let scaled = (value * 1e12).rounded()
    guard scaled.magnitude < 0x1p53 else { return value }
    let short = scaled / 1e12
    return (short - value).magnitude <= value.magnitude * 4e-16 ? short : value
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    BinaryOperation.power.apply(base, exponent)
  }
}
