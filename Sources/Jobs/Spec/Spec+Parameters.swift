import Expressions
import Kernels

extension Spec {
  /// The most values that one parameter may take.
  static let valuesLimit = 10_000_000

  mutating func readParameters(_ root: inout SpecReader) throws(SpecError) {
    guard let reader = try root.object("parameters") else { return }
    for member in reader.all {
      let path = reader.at(member.key)
      try Self.checkIdentifier(member.key, path: path, line: member.value.place.line)
      axes.append(
        ParameterGrid.Axis(name: member.key, values: try Self.values(member.value, path: path)))
      // Here already, since the values of the next parameter may fill the memory.
      try RunPlan.checkSize(of: axes)
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
    let words = DistinctList.Words(
      element: "a finite number", once: "each value once", some: "at least one value")
    return try DistinctList.read(list, path: path, line: line, words) { element in
      guard case .number(let value) = element, value.isFinite else { return nil }
      return (value, value.shortestText)
    }
  }

  private static func range(_ json: JSON5, path: String) throws(SpecError) -> [Double] {
    var reader = try SpecReader(json, path: path)
    guard let from = try reader.number("from", "a number", where: { _ in true }) else {
      throw .missing(path: "\(path).from", expected: "the first value")
    }
    guard
      let to = try reader.number(
        "to", "a number of at least \(from.shortestText)", where: { $0 >= from })
    else { throw .missing(path: "\(path).to", expected: "the last value") }
    let step = try reader.number("step", "a number above 0") { $0 > 0 }
    let count = try reader.integer(
      "count", "a whole number from 2 to \(valuesLimit)", in: 2...valuesLimit)
    let isLog = try reader.choice("scale", "scale", of: ["linear", "log"]) == "log"
    try reader.finish()
    let line = json.place.line
    let values: [Double]
    if let count {
      guard step == nil else {
        throw .value(path: path, line: line, found: "both step and count", expected: "one of them")
      }
      guard !isLog || from > 0 else {
        throw .value(
          path: "\(path).from", line: line, found: from.shortestText,
          expected: "a number above 0 on a log scale")
      }
      values = spaced(from, to, count, isLog: isLog)
    } else {
      guard !isLog else {
        throw .missing(path: "\(path).count", expected: "the number of values on a log scale")
      }
      values = try stepped(from, to, step ?? 1, path: path, line: line)
    }
    guard zip(values, values.dropFirst()).allSatisfy(<) else {
      throw .value(
        path: path, line: line,
        found: "\(values.count) values from \(from.shortestText) to \(to.shortestText)",
        expected: "values that differ: fewer of them, or farther ends")
    }
    return values
  }

  private static func stepped(
    _ from: Double, _ to: Double, _ step: Double, path: String, line: Int
  ) throws(SpecError) -> [Double] {
    // A tolerance of a millionth of a step lets 0.1, 0.2, …, 0.3 end where it was meant to.
    let tolerance = 1e-6
    let steps = ((to - from) / step + tolerance).rounded(.down)
    guard steps < Double(valuesLimit) else {
      throw .value(
        path: path, line: line, found: "\((steps + 1).shortestText) values",
        expected: "at most \(valuesLimit)")
    }
    return (0...Int(steps)).map { index in
      let value =
        index == 0 ? from : decimal(from + Double(index) * step, among: from, to)
      return value > to ? to : value
    }
  }

  private static func spaced(_ from: Double, _ to: Double, _ count: Int, isLog: Bool) -> [Double] {
    (0..<count).map { index in
      if index == 0 { return from }
      if index == count - 1 { return to }
      let share = Double(index) / Double(count - 1)
      if isLog { return from * power(to / from, share) }
      return decimal(from + (to - from) * share, among: from, to)
    }
  }

  /// Takes off the rounding noise of a sum such as 0.1 + 2 × 0.1 or -0.3 + 3 × 0.1, if the number is a short decimal.
  private static func decimal(_ value: Double, among from: Double, _ to: Double) -> Double {
    let scaled = (value * 1e12).rounded()
    guard scaled.magnitude < 0x1p53 else { return value }
    let short = scaled / 1e12
    let noise = max(from.magnitude, to.magnitude) * 4e-16
    // Adding 0 takes the sign off a zero.
    return (short - value).magnitude <= noise ? short + 0 : value
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    BinaryOperation.power.apply(base, exponent)
  }
}
