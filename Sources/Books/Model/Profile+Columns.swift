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

  /// The most that a limit may be where it is written, and what for: a percent that was meant as a fraction is told.
  ///
  /// Books of before may have more, and are read.
  public var excess: (limit: String, reason: String)? {
    for (name, path) in Self.numberColumns {
      let value = self[keyPath: path]
      let most: Double
      switch name {
      case "horizon_years", "leverage": continue
      case "max_weight", "max_sector_weight": most = leverage
      // Of single coins it is above 1, and of portfolios with leverage.
      case "max_volatility": most = Self.mostVolatility
      default: most = 1
      }
      if value > most {
        let shown = most == most.rounded() ? "\(Int(most))" : "\(most)"
        return (
          name,
          "is \(value), and is a fraction of at most \(shown)"
            + (name.hasSuffix("weight") && most > 1 ? ", the leverage" : "") + ": 0.5 for 50 %"
        )
      }
    }
    return nil
  }

  /// The highest annual volatility that is a limit.
  public static let mostVolatility = 3.0

  /// All names in its lists.
  var names: [String] { Self.listColumns.flatMap { self[keyPath: $0.path] } }
}
