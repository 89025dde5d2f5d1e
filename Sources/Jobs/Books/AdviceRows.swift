import Advice
import Storage

/// Advice for many portfolios as columns: what tables are made of, and no more.
struct AdviceRows: Sendable {
  /// A figure of each portfolio.
  struct Figure: Sendable {
    let name: String
    let unit: String
    let definition: String
    var isInFile = false
    let value: @Sendable (PortfolioAdvice) -> Double
  }

  /// The figures of the table of portfolios, in its order; those in the file come last.
  static let figures: [Figure] = [
    Figure(name: "cash_now", unit: "fraction", definition: "part of equity") { $0.cash },
    Figure(name: "cash_target", unit: "fraction", definition: "part of equity") { $0.target.cash },
    Figure(name: "volatility_now", unit: "fraction a year", definition: "of what is held") {
      $0.before.volatility
    },
    Figure(name: "volatility_target", unit: "fraction a year", definition: "of the target") {
      $0.after.volatility
    },
    Figure(
      name: "var_95_now", unit: "fraction a bar", definition: "historical, of what is held"
    ) { $0.before.valueAtRisk },
    Figure(name: "var_95_target", unit: "fraction a bar", definition: "historical, of the target") {
      $0.after.valueAtRisk
    },
    Figure(
      name: "diversification_now", unit: "ratio",
      definition: "volatilities of the parts over that of the whole"
    ) { $0.before.diversification },
    Figure(
      name: "diversification_target", unit: "ratio", definition: "the same of the target"
    ) { $0.after.diversification },
    Figure(
      name: "turnover", unit: "fraction", definition: "sum of the sizes of changes, both sides"
    ) { $0.turnover },
    Figure(
      name: "shortfall_now", unit: "fraction a bar", definition: "historical, at 95 %",
      isInFile: true
    ) { $0.before.shortfall },
    Figure(
      name: "shortfall_target", unit: "fraction a bar", definition: "historical, at 95 %",
      isInFile: true
    ) { $0.after.shortfall },
    Figure(
      name: "drawdown_now", unit: "fraction",
      definition: "of what is held, over the bars looked at", isInFile: true
    ) { $0.before.drawdown },
    Figure(
      name: "drawdown_target", unit: "fraction",
      definition: "of the target, over the bars looked at", isInFile: true
    ) { $0.after.drawdown },
    Figure(
      name: "expected_return_now", unit: "fraction a year",
      definition: "beyond cash, by the estimates", isInFile: true
    ) { $0.before.expectedReturn },
    Figure(
      name: "expected_return_target", unit: "fraction a year",
      definition: "beyond cash, by the estimates", isInFile: true
    ) { $0.after.expectedReturn },
    Figure(
      name: "unknown_weight_now", unit: "fraction",
      definition: "held without enough returns for risk", isInFile: true
    ) { $0.before.unknownWeight },
  ]

  // MARK: - By portfolio

  private(set) var equity: [Double] = []
  private(set) var values = [[Double]](repeating: [], count: AdviceRows.figures.count)
  private(set) var reasons = ResultGroup.TextBuilder()
  private(set) var failedCount = 0
  /// Symbols that are held without a price or a rate.
  private(set) var unmarked: Set<String> = []

  // MARK: - By portfolio and symbol

  /// Positions of portfolios in the book.
  private(set) var holders: [Int32] = []
  /// Columns of the panel.
  private(set) var symbols: [Int32] = []
  private(set) var current: [Double] = []
  private(set) var target: [Double] = []
  private(set) var marginal: [Double] = []
  private(set) var share: [Double] = []
  private(set) var currentShare: [Double] = []
  /// Places among the texts of `AdviceReasons`; −1 for none.
  private(set) var whys: [Int32] = []

  /// Adds a portfolio.
  ///
  /// - Parameter why: place of a reason by column and omission.
  mutating func add(
    _ portfolio: Int, _ standing: PortfolioStanding, _ found: Result<PortfolioAdvice, AdviceError>,
    why: (_ column: Int, _ omission: Omission?) -> Int32
  ) {
    equity.append(standing.equity)
    unmarked.formUnion(standing.unmarked)
    switch found {
    case .failure(let error):
      for place in values.indices { values[place].append(.nan) }
      reasons.append("\(error)")
      failedCount += 1
    case .success(let advice):
      for (place, figure) in Self.figures.enumerated() {
        values[place].append(figure.value(advice))
      }
      reasons.append("")
      let (before, after) = (advice.before.volatility, advice.after.volatility)
      for row in advice.rows {
        holders.append(Int32(portfolio))
        symbols.append(Int32(row.column))
        current.append(row.current)
        target.append(row.target)
        marginal.append(row.marginal)
        share.append(after > 0 ? row.component / after : 0)
        currentShare.append(before > 0 ? row.currentComponent / before : 0)
        whys.append(why(row.column, row.omission))
      }
    }
  }

  /// Adds the rows of a tile.
  mutating func add(_ tile: AdviceRows) {
    equity += tile.equity
    for place in values.indices { values[place] += tile.values[place] }
    for reason in tile.reasons.texts { reasons.append(reason) }
    failedCount += tile.failedCount
    unmarked.formUnion(tile.unmarked)
    holders += tile.holders
    symbols += tile.symbols
    current += tile.current
    target += tile.target
    marginal += tile.marginal
    share += tile.share
    currentShare += tile.currentShare
    whys += tile.whys
  }
}

/// Why weights are what they are, each text once: why a symbol has none, or what holds with equality.
struct AdviceReasons: Sendable {
  /// The texts.
  let texts: [String]
  /// Places of texts by question and column, where a limit decides.
  private let binding: [[Int: Int32]]
  private let omissions: [Omission: Int32]

  init(_ answers: [Result<TargetAdvice, AdviceError>], symbols: [String]) {
    var texts = Omission.allCases.map(\.text)
    omissions = Dictionary(
      uniqueKeysWithValues: Omission.allCases.enumerated().map { ($1, Int32($0)) })
    var known: [String: Int32] = [:]
    binding = answers.map { answer in
      var found: [Int: Int32] = [:]
      guard let target = try? answer.get(), !target.binding.isEmpty else { return found }
      for column in target.columns {
        let own = target.binding.filter { $0.hasPrefix("\(symbols[column]) ") }
        if own.isEmpty { continue }
        let text = own.joined(separator: "; ")
        if known[text] == nil {
          known[text] = Int32(texts.count)
          texts.append(text)
        }
        found[column] = known[text]
      }
      return found
    }
    self.texts = texts
  }

  /// Place of a text; −1 for none.
  func place(question: Int, column: Int, omission: Omission?) -> Int32 {
    if let omission { return omissions[omission] ?? -1 }
    return binding[question][column] ?? -1
  }
}
