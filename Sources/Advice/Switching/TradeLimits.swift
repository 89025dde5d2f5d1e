import Books

/// What weights of an account have to keep.
public struct TradeLimits: Sendable, Equatable {
  /// Largest weight by line: 0 for what may not be held, infinite for none.
  public var upper: [Double]
  /// Largest weight of a sector; infinite for none.
  public var sector = Double.infinity
  /// Largest sum of weights.
  public var invested = Double.infinity
  /// Target weights that each line is to be near; nil for none.
  public var target: [Double]?
  /// How near.
  public var band = Double.infinity

  /// Limits by line.
  public init(upper: [Double]) { self.upper = upper }

  /// What a profile asks of an account: symbols and sectors that it may not hold have a largest weight of 0.
  public init(_ profile: Profile, _ account: SwitchAccount) {
    let allowed = Set(profile.allowedSymbols)
    let sectors = Set(profile.allowedSectors)
    upper = account.lines.map { line in
      let isExcluded =
        profile.excludedSymbols.contains(line.symbol)
        || profile.excludedSectors.contains(line.sector)
        || !allowed.isEmpty && !allowed.contains(line.symbol)
        || !sectors.isEmpty && !sectors.contains(line.sector)
      return isExcluded ? 0 : profile.maxWeight.isNaN ? .infinity : profile.maxWeight
    }
    if !profile.maxSectorWeight.isNaN { sector = profile.maxSectorWeight }
    invested = min(profile.leverage, profile.minCash.isNaN ? .infinity : 1 - profile.minCash)
  }

  /// Least weight of a line.
  func least(_ line: Int) -> Double { max(0, (target?[line] ?? 0) - band) }

  /// Largest weight of a line.
  func most(_ line: Int) -> Double { min(upper[line], (target?[line] ?? 0) + band) }

  /// By how much weights break the limits at most: 0 or less if they keep them all.
  ///
  /// - Parameter slack: by line, what a lot may make of it.
  public func excess(_ weights: [Double], _ account: SwitchAccount, slack: [Double]? = nil)
    -> Double
  {
    var worst = weights.reduce(0, +) - invested
    var sums: [String: Double] = [:]
    for (place, weight) in weights.enumerated() where account.lines[place].isTradable {
      worst = max(worst, weight - most(place), least(place) - weight - (slack?[place] ?? 0))
      sums[account.lines[place].sector, default: 0] += weight
    }
    for sum in sums.values { worst = max(worst, sum - sector) }
    return worst
  }
}
