import Allocation
import Kernels

extension AllocationSpec {
  /// Reads Black and Litterman's beliefs.
  ///
  /// - Parameters:
  ///   - settings: `expected`, if it is an object.
  ///   - views: the list of views.
  mutating func readBlackLitterman(_ settings: SpecReader?, _ views: JSON5?, _ path: String)
    throws(SpecError) -> BlackLitterman
  {
    let list = "a list of views: [{ symbol: \"AAPL\", return: 0.1, confidence: 0.5 }, …]"
    var model = BlackLitterman(views: [])
    if let views {
      guard case .array(let all) = views.value else {
        throw .value(path: path, line: views.place.line, found: views.kind, expected: list)
      }
      for (index, json) in all.enumerated() {
        model.views.append(try readView(json, "\(path)[\(index)]"))
      }
    }
    guard var reader = settings else { return model }
    _ = reader.optional("method")
    _ = reader.optional("views")
    let positive = "a number above 0"
    model.riskAversion = try reader.number("risk_aversion", positive) { $0 > 0 } ?? 2.5
    model.tau = try reader.number("tau", positive) { $0 > 0 && $0 <= 1e3 } ?? 0.05
    model.riskFree = try reader.number("risk_free", "an annual rate") { abs($0) <= 10 } ?? 0
    model.movesCovariance = try reader.bool("moves_covariance") ?? true
    if let json = reader.optional("market") {
      if case .object(let members) = json.value {
        var values: [String: Double] = [:]
        for member in members {
          guard case .number(let value) = member.value.value, value >= 0, value.isFinite else {
            throw .value(
              path: "\(reader.at("market")).\(member.key)", line: member.value.place.line,
              found: member.value.kind, expected: "its value in the market, from 0")
          }
          values[member.key] = value
          mentioned.append((member.key, reader.at("market")))
        }
        model.market = MarketWeights(values: values)
      } else if json.value != .string("equal") {
        throw reader.wrong("market", json, "\"equal\", or values by symbol: { AAPL: 3e12, … }")
      }
    }
    try reader.finish()
    return model
  }

  private mutating func readView(_ json: JSON5, _ path: String) throws(SpecError) -> View {
    var reader = try SpecReader(json, path: path)
    let number = "a return a year, such as 0.05"
    guard let value = try reader.number("return", number, where: { abs($0) <= 1e3 }) else {
      throw .missing(path: reader.at("return"), expected: number)
    }
    var weights: [String: Double] = [:]
    if let symbol = try reader.string("symbol", "a symbol in quotes") { weights[symbol] = 1 }
    if let over = try reader.string("over", "a symbol in quotes") {
      guard weights.count == 1, weights[over] == nil else {
        throw .value(
          path: reader.at("over"), line: json.place.line, found: "over \(over)",
          expected: "symbol: the other one, which earns more")
      }
      weights[over] = -1
    }
    if let given = try reader.object("weights") {
      guard weights.isEmpty else {
        throw .value(
          path: reader.at("weights"), line: json.place.line, found: "symbol and weights",
          expected: "one of them")
      }
      for member in given.all {
        guard case .number(let weight) = member.value.value, abs(weight) <= 1e6 else {
          throw given.wrong(member.key, member.value, "a weight such as 0.5 or -1, up to 1e6")
        }
        weights[member.key] = weight
      }
    }
    guard weights.values.contains(where: { $0 != 0 }) else {
      throw .missing(
        path: reader.at("symbol"),
        expected: "what the view is on: symbol, symbol and over, or weights by symbol")
    }
    let confidence = try reader.number("confidence", "a number from 0 to 1") {
      (0...1).contains($0)
    }
    let variance = try reader.number("variance", "a variance a year, from 0") { $0 >= 0 }
    if confidence != nil, variance != nil {
      throw .value(
        path: reader.at("variance"), line: json.place.line, found: "confidence and variance",
        expected: "one of them")
    }
    try reader.finish()
    mentioned += weights.keys.sorted().map { ($0, path) }
    return View(
      weights: weights, annualReturn: value, confidence: confidence, annualVariance: variance)
  }
}
