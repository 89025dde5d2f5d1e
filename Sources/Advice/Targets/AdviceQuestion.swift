import Books

/// What decides over a portfolio's target weights: portfolios that ask the same get the same answer, found once.
public struct AdviceQuestion: Sendable {
  /// The wishes.
  public let profile: Profile
  /// Currency that the portfolio is valued in.
  public let currency: String
  /// Currencies of its wallets, in upper case, sorted.
  public let currencies: [String]
  /// Whose scores count; empty for the common ones, or without scores.
  public let scoreOwner: String

  /// The question of a portfolio of a book.
  public init(of portfolio: Int, in book: Book, _ policy: AdvicePolicy) {
    let owner = book.portfolios[portfolio]
    profile = owner.profile
    currency = owner.currency.uppercased()
    let wallets = book.wallets(of: portfolio).map { book.wallets[$0].currency.uppercased() }
    currencies = Set(wallets).sorted()
    scoreOwner = policy.scores?.owner(externalID: book.clients[owner.client].externalID) ?? ""
  }

  /// A question.
  public init(
    _ profile: Profile, currency: String = "USD", currencies: [String] = ["USD"],
    scoreOwner: String = ""
  ) {
    self.profile = profile
    self.currency = currency
    self.currencies = currencies
    self.scoreOwner = scoreOwner
  }

  private var numbers: [UInt64] {
    [
      profile.maxVolatility, profile.maxVaR, profile.maxDrawdown, profile.maxWeight,
      profile.maxSectorWeight, profile.minCash, profile.leverage,
    ].map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
  }

  private var texts: [[String]] {
    [
      profile.allowedSectors, profile.excludedSectors, profile.allowedSymbols,
      profile.excludedSymbols, currencies, [currency, scoreOwner],
    ]
  }
}

extension AdviceQuestion: Hashable {
  /// Whether both have the same answer; the horizon has no part in it.
  public static func == (left: Self, right: Self) -> Bool {
    left.profile.riskLevel == right.profile.riskLevel
      && left.profile.allowsShort == right.profile.allowsShort && left.numbers == right.numbers
      && left.texts == right.texts
  }

  /// As `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(profile.riskLevel)
    hasher.combine(profile.allowsShort)
    hasher.combine(numbers)
    hasher.combine(texts)
  }
}

/// Why a symbol has no weight.
public enum Omission: String, Sendable, CaseIterable {
  /// The user named other symbols.
  case notAskedFor = "not_asked_for"
  /// The profile names symbols that it may hold, and this is none of them.
  case symbolNotAllowed = "symbol_not_allowed"
  /// The profile excludes it.
  case symbolExcluded = "symbol_excluded"
  /// The profile names sectors that it may hold, and this one's is none of them.
  case sectorNotAllowed = "sector_not_allowed"
  /// The profile excludes its sector.
  case sectorExcluded = "sector_excluded"
  /// The portfolio has no wallet of its currency.
  case noWallet = "no_wallet"
  /// There is no close yet.
  case noPrice = "no_price"
  /// Its currency has no rate.
  case noRate = "no_rate"
  /// Too few returns, none of late, or none that vary.
  case shortHistory = "short_history"
  /// The model has no score for it.
  case noScore = "no_score"
  /// Its score is below the least.
  case lowScore = "low_score"
  /// Its weight would be too small to bother with.
  case belowCut = "below_cut"
  /// It could have a weight, and the best weights have none for it.
  case notChosen = "not_chosen"

  /// In words.
  public var text: String {
    switch self {
    case .notAskedFor: "not among the symbols asked for"
    case .symbolNotAllowed: "not among the symbols that the profile allows"
    case .symbolExcluded: "excluded by the profile"
    case .sectorNotAllowed: "of a sector that the profile doesn't allow"
    case .sectorExcluded: "of a sector that the profile excludes"
    case .noWallet: "in a currency that no wallet has"
    case .noPrice: "without a price"
    case .noRate: "in a currency without a rate"
    case .shortHistory: "with too few returns"
    case .noScore: "without a score"
    case .lowScore: "with too low a score"
    case .belowCut: "with a weight below the cut"
    case .notChosen: "not chosen"
    }
  }
}

extension AdviceEstimates {
  /// Columns that a question may give weights to, and why the others are left out.
  func candidates(for question: AdviceQuestion, _ policy: AdvicePolicy)
    -> (columns: [Int], omissions: [(column: Int, reason: Omission)])
  {
    let profile = question.profile
    let (allowed, excluded) = (Set(profile.allowedSymbols), Set(profile.excludedSymbols))
    let sectors = (allowed: Set(profile.allowedSectors), excluded: Set(profile.excludedSectors))
    let scores = policy.scores?.scores(of: question.scoreOwner)
    let (wallets, least) = (Set(question.currencies), policy.scores?.least ?? 0)
    func reason(_ column: Int) -> Omission? {
      let (symbol, sector) = (universe.symbols[column], universe.market.sectors[column])
      let currency = universe.market.currencies[column]
      if let asked = policy.symbols, !asked.contains(symbol) { return .notAskedFor }
      if excluded.contains(symbol) { return .symbolExcluded }
      if !allowed.isEmpty, !allowed.contains(symbol) { return .symbolNotAllowed }
      if sectors.excluded.contains(sector) { return .sectorExcluded }
      if !sectors.allowed.isEmpty, !sectors.allowed.contains(sector) { return .sectorNotAllowed }
      if !currency.isEmpty, !wallets.contains(currency) { return .noWallet }
      if !(universe.prices[column] > 0) { return .noPrice }
      if !(universe.rates[column] > 0) { return .noRate }
      if places[column] == nil { return .shortHistory }
      guard let scores else { return nil }
      guard let score = scores[symbol] else { return .noScore }
      let isEnough = profile.allowsShort ? score.magnitude > least : score > least
      return isEnough ? nil : .lowScore
    }
    var (columns, omissions): ([Int], [(column: Int, reason: Omission)]) = ([], [])
    for column in universe.symbols.indices {
      if let reason = reason(column) {
        omissions.append((column, reason))
      } else {
        columns.append(column)
      }
    }
    return (columns, omissions)
  }
}
