import Market

/// What a synthetic market looks like.
public struct MarketOptions: Sendable, Equatable {
  /// Length of a bar.
  public enum Frequency: String, Sendable, CaseIterable {
    /// One bar a day.
    case daily
    /// One bar a minute: 390 from 14:30 UTC for `us_equity`, all of them for `crypto`.
    case minute
  }

  /// Calendars that a synthetic market can have.
  public static let calendars = [Calendar.Kind.usEquity, .crypto]

  /// Number of bars, `T`.
  public var bars: Int
  /// Number of symbols, `N`.
  public var symbols: Int
  /// Length of a bar.
  public var frequency = Frequency.daily
  /// Weekdays for `us_equity`, every day for `crypto`; one of `calendars`.
  public var calendar = Calendar.Kind.usEquity
  /// Decides every value; the same seed gives the same bytes on every machine.
  public var seed: UInt64 = 1
  /// The first bar starts on this day, or the next on which the market trades; midnight UTC in
  /// nanoseconds.
  public var startNs: Int64 = 1_262_563_200_000_000_000
  /// Volatility of a symbol with beta 1, a year, as a fraction; 0.6 of it is the market's.
  public var annualVolatility = 0.25
  /// Expected return a year, as a fraction.
  public var annualDrift = 0.05
  /// Standard deviation of the betas about 1.
  public var betaSpread = 0.3
  /// Share of bars that are missing, in [0, 1).
  public var missingFraction = 0.0
  /// Share of symbols that are listed after the first bar, in [0, 1]; each within the first half.
  public var lateListingFraction = 0.0
  /// Decimals to which prices are rounded, 0…8; nil leaves them as they come.
  public var decimals: Int? = 2
  /// Name of the panel; nil: for example `us_equity_1d`.
  public var panel: String?

  /// A market of a size, otherwise as usual: daily bars from 2010-01-04, weekdays, 25 % volatility,
  /// cents.
  public init(bars: Int, symbols: Int) {
    self.bars = bars
    self.symbols = symbols
  }

  /// Names an option outside its range, before anything is allocated for it.
  func check() throws(ImportError) {
    func require(_ holds: Bool, _ option: String, _ value: Any, _ reason: String)
      throws(ImportError)
    {
      if !holds { throw .badOption(option: option, value: "\(value)", reason: reason) }
    }
    try require(bars >= 1 && bars <= 100_000_000, "--bars", bars, "is not in 1…100000000")
    try require(symbols >= 1 && symbols <= 1_000_000, "--symbols", symbols, "is not in 1…1000000")
    try require(
      Self.calendars.contains(calendar), "--calendar", calendar.rawValue,
      "is not \(Self.calendars.map(\.rawValue).joined(separator: " or "))")
    try require(
      annualVolatility >= 0 && annualVolatility <= 10, "--volatility", annualVolatility,
      "is not in 0…10")
    try require(annualDrift >= -10 && annualDrift <= 10, "--drift", annualDrift, "is not in -10…10")
    try require(betaSpread >= 0 && betaSpread <= 10, "--beta-spread", betaSpread, "is not in 0…10")
    try require(
      missingFraction >= 0 && missingFraction < 1, "--missing", missingFraction, "is not in [0, 1)")
    try require(
      lateListingFraction >= 0 && lateListingFraction <= 1, "--late-listings", lateListingFraction,
      "is not in [0, 1]")
    try require(
      decimals.map { (0...8).contains($0) } ?? true, "--decimals", decimals ?? 0, "is not in 0…8")
    try require(
      startNs % Calendar.dayNs == 0 && startNs >= 0, "--start", TimeParser.format(startNs),
      "is not a day since 1970")
  }
}
