import Strategies

extension Spec {
  static func readSize(_ given: SpecReader) throws(SpecError) -> ExpressionStrategy.Size {
    var reader = given
    let number = "a number above 0, or an expression in quotes"
    var sizes: [ExpressionStrategy.Size] = []
    if let text = try numberOrText(&reader, "fraction_of_equity", distance) {
      sizes.append(.fraction(text))
    }
    if let text = try numberOrText(&reader, "units", number) { sizes.append(.units(text)) }
    if let text = try numberOrText(&reader, "notional", number) { sizes.append(.notional(text)) }
    if let text = try numberOrText(&reader, "risk", distance) { sizes.append(.risk(text)) }
    if let (target, window, cap) = try measured(&reader, "volatility_target", "target") {
      sizes.append(.volatilityTarget(target: target, window: window ?? "20", cap: cap ?? "1"))
    }
    if let (multiple, window, cap) = try measured(&reader, "kelly", "multiple") {
      sizes.append(.kelly(multiple: multiple, window: window ?? "252", cap: cap ?? "1"))
    }
    try reader.finish()
    guard sizes.count == 1 else {
      throw .value(
        path: reader.path, line: reader.place.line,
        found: sizes.isEmpty ? "an empty object" : "\(sizes.count) kinds of size",
        expected:
          "one of fraction_of_equity, units, notional, risk, volatility_target, kelly")
    }
    return sizes[0]
  }

  /// A size that is measured over a window: a number, or an object with the number under a name.
  private static func measured(_ reader: inout SpecReader, _ key: String, _ name: String)
    throws(SpecError) -> (String, window: String?, cap: String?)?
  {
    let expected = "a number above 0, an expression in quotes, or { \(name), window, cap }"
    guard let json = reader.optional(key) else { return nil }
    guard case .object = json.value else {
      return try numberOrText(&reader, key, expected).map { ($0, nil, nil) }
    }
    var inner = try SpecReader(json, path: reader.at(key))
    let number = "a number above 0, or an expression of parameters in quotes"
    guard let text = try numberOrText(&inner, name, number) else {
      throw .missing(path: inner.at(name), expected: number)
    }
    let window = try numberOrText(&inner, "window", wholeBars)
    let cap = try numberOrText(&inner, "cap", number)
    try inner.finish()
    return (text, window, cap)
  }
}
