import Market
import Simulation

/// What an audit is of: lanes, the data that they saw, and a way to run them again on other data.
public struct AuditSubject: Sendable {
  /// The panel as lanes saw it.
  public var panel: PricePanel
  /// Columns that a lane trades, by the symbol of its orders and fills.
  public var columns: @Sendable (Int) -> [Int]
  /// Bars of trading.
  public var window: Range<Int>
  /// Equity before the first bar, by lane.
  public var cash: @Sendable (Int) -> Double
  /// Deposits and withdrawals, by lane.
  public var flows: @Sendable (Int) -> [CashFlow]
  /// Corporate actions that accounts applied, by symbol of the run.
  public var actions: LedgerActions
  /// What currencies are worth in the account's, by symbol of the run; nil where all is in one.
  public var currencies: CurrencyRates?
  /// Whether orders fill when their bar closes, and not when it opens.
  var fillsAtClose = false
  /// Position in the run of a lane's first symbol.
  public var firstSymbol: @Sendable (Int) -> Int
  /// Whether cash moves by anything but fills and flows: interest, borrowed shares, dividends.
  public var accrues: Bool
  /// Fields whose values came from outside.
  public var scores: [String]
  /// Runs the same lanes on the data as it is, or without its future.
  var trial: @Sendable (Hindsight?) throws -> Trial
  /// Position of a lane among sets of weights.
  var weightSet: @Sendable (Int) -> Int = { $0 }

  /// Lanes on some data.
  struct Trial {
    var simulator: any LaneSimulator
    /// The same lanes without products of matrices; nil if there are none.
    ///
    /// Whether matrices are multiplied depends on gaps anywhere in the data, and the last bits with it.
    var exact: (any LaneSimulator)?
    /// What a portfolio's decisions are: its orders follow from them at the prices of their fills.
    var weights: (any WeightSource)?
  }

  /// The lanes of a plan.
  init(_ plan: RunPlan, variant: KernelVariant) {
    panel = plan.run.panel
    window = plan.run.window
    actions = plan.actions
    currencies = plan.currencies
    fillsAtClose = plan.spec.execution.fill != .nextOpen
    let isPortfolio = plan.weights != nil
    columns = { lane in
      isPortfolio ? plan.run.symbols : [plan.run.symbols[plan.layout.place(of: lane).group]]
    }
    firstSymbol = { isPortfolio ? 0 : plan.layout.place(of: $0).group }
    cash = { plan.spec.wallets[plan.wallet(of: $0)].cash }
    flows = { plan.flows[plan.wallet(of: $0)] }
    let moves = plan.actions.rows.contains { row in
      if case .end = row.event { false } else { true }
    }
    accrues = plan.spec.execution.financing != Financing() || moves
    scores = plan.spec.scores.map(\.field) + plan.spec.lags.map(\.field)
    weightSet = { lane in
      let place = plan.layout.place(of: lane)
      return place.group * plan.layout.setCount + place.set
    }
    trial = { hindsight in
      let plan = try hindsight.map { try plan.with($0) } ?? plan
      let simulator = plan.simulator(variant: variant, workers: 1)
      return Trial(
        simulator: simulator,
        exact: simulator.blasCore == nil
          ? nil : plan.simulator(variant: variant, workers: 1, byMatrices: false),
        weights: plan.weights?.source)
    }
  }

  /// Lanes of somebody's own simulator.
  ///
  /// - Parameters:
  ///   - panel: the data.
  ///   - window: bars of trading.
  ///   - columns: columns of the panel that a lane trades, by lane.
  ///   - cash: equity before the first bar.
  ///   - simulator: runs the lanes on a panel, which may be shorter than the one given.
  public init(
    panel: PricePanel, window: Range<Int>, cash: Double,
    columns: @escaping @Sendable (Int) -> [Int],
    simulator: @escaping @Sendable (PricePanel) throws -> any LaneSimulator
  ) {
    self.panel = panel
    self.window = window
    self.columns = columns
    self.cash = { _ in cash }
    flows = { _ in [] }
    actions = .none
    firstSymbol = { _ in 0 }
    accrues = false
    scores = []
    trial = { Trial(simulator: try simulator($0?.apply(to: panel) ?? panel), weights: nil) }
  }

  /// Start of a bar of the window, as text.
  func time(_ bar: Int) -> String {
    let place = window.lowerBound + bar
    return place < panel.barCount ? Timestamp.text(nanoseconds: panel.time.ns[place]) : ""
  }
}

extension RunPlan {
  /// Position of a lane's wallet in the spec.
  func wallet(of lane: Int) -> Int { layout.variants[layout.place(of: lane).variant].wallet }
}
