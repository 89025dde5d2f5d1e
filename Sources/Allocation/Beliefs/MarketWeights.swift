/// What part of the market each symbol is.
public struct MarketWeights: Sendable, Equatable {
  /// Values in any unit, by symbol, such as market capitalisations; nil for equal ones.
  public var values: [String: Double]?

  /// Weights in proportion to values, equal ones without.
  public init(values: [String: Double]? = nil) { self.values = values }

  /// Weights of some symbols, which add up to 1.
  ///
  /// - Throws: `AllocationError.setting` for a symbol without a value of at least 0, or if all are 0.
  public func weights(_ symbols: [String]) throws(AllocationError) -> [Double] {
    guard let values else {
      return [Double](repeating: 1 / Double(symbols.count), count: symbols.count)
    }
    var found: [Double] = []
    for symbol in symbols {
      guard let value = values[symbol], value.isFinite, value >= 0 else {
        throw .setting(
          name: "market.\(symbol)", found: values[symbol].map { "\($0)" } ?? "nothing",
          expected: "its value in the market, such as its capitalisation")
      }
      found.append(value)
    }
    let total = found.reduce(0, +)
    guard total > 0, total.isFinite else {
      throw .setting(name: "market", found: "\(total) in all", expected: "a sum above 0")
    }
    return found.map { $0 / total }
  }
}
