extension Profile {
  /// A limit that is a number, with the name that files have for it.
  public typealias NumberColumn = (name: String, path: WritableKeyPath<Profile, Double> & Sendable)
  /// A limit that is a list of names.
  public typealias ListColumn = (name: String, path: WritableKeyPath<Profile, [String]> & Sendable)

  /// The limits that are numbers.
  public static let numberColumns: [NumberColumn] = [
    ("max_volatility", \.maxVolatility), ("max_var", \.maxVaR), ("max_drawdown", \.maxDrawdown),
    ("horizon_years", \.horizonYears), ("max_weight", \.maxWeight),
    ("max_sector_weight", \.maxSectorWeight), ("min_cash", \.minCash), ("leverage", \.leverage),
  ]

  /// The limits that are lists.
  public static let listColumns: [ListColumn] = [
    ("allowed_sectors", \.allowedSectors), ("excluded_sectors", \.excludedSectors),
    ("allowed_symbols", \.allowedSymbols), ("excluded_symbols", \.excludedSymbols),
  ]

  /// What no profile can say, with the name of the limit; nil if nothing.
  public var fault: (limit: String, reason: String)? {
    if let riskLevel, !(1...10).contains(riskLevel) {
      return ("risk_level", "is \(riskLevel), and must be 1 to 10")
    }
    for (name, path) in Self.numberColumns {
      let value = self[keyPath: path]
      if name == "leverage" ? !(value >= 1 && value.isFinite) : !(value.isNaN || value >= 0) {
        return (name, "is \(value), and must be at least \(name == "leverage" ? 1 : 0)")
      }
      if value.isInfinite { return (name, "is infinite; leave it out for no limit") }
    }
    for (name, path) in Self.listColumns {
      let list = self[keyPath: path]
      if list.contains(where: { $0.isEmpty || $0.contains(";") || $0.utf8.contains(0) }) {
        return (name, "has a name that is empty or has a semicolon")
      }
      if Set(list).count != list.count { return (name, "has a name twice") }
    }
    return nil
  }

  /// All names in its lists.
  var names: [String] { Self.listColumns.flatMap { self[keyPath: $0.path] } }
}
