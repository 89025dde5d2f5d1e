import Books
import Market
import Simulation
import Strategies

extension Spec {
  /// The spec under which accounts of a book are put: their money, bars and prices take the place of its own.
  func asPolicy(_ session: BookSession) -> Spec {
    var spec = self
    spec.panel = session.market.panel.name
    spec.metrics = ["total_return"]
    spec.rankBy = "total_return"
    spec.benchmark = nil
    spec.convention = .apus
    spec.isPerBar = true
    return spec
  }

  /// Throws if it can be no policy, whatever it trades.
  ///
  /// - Parameter market: whose bars are drawn, if it is random.
  func checkPolicy(_ market: SimulateOptions.Market) throws(SpecError) {
    guard hasStrategy else {
      throw .missing(path: "strategy", expected: "what --policy spec:FILE shall trade")
    }
    func refuse(_ path: String, _ found: String, _ expected: String) -> SpecError {
      .value(path: path, line: 0, found: found, expected: expected)
    }
    if wallets.count > 1 || !wallets[0].name.isEmpty {
      throw refuse(
        "account.wallets", "accounts of its own", "none: the portfolios are the accounts")
    }
    if wallets.contains(where: { !$0.flows.isEmpty }) {
      throw refuse(
        "account.flows", "money that comes and goes", "none: --contribution pays into portfolios")
    }
    if bounds {
      throw refuse(
        "execution.bounds", "two runs of each account", "intrabar: \"worst\" or \"best\"")
    }
    guard market.isRandom else { return }
    let other = "none on drawn paths: --market history, window:FROM:TO or worst:N has them"
    if !scores.isEmpty { throw refuse("data.scores", "values of days that were", other) }
    if finerPanel != nil { throw refuse("execution.finer_panel", "bars of days that were", other) }
    if ratesPanel != nil { throw refuse("data.fx", "rates of days that were", other) }
    if case .top(_, let field) = symbols {
      throw refuse("data.symbols", "the largest by \(field) of days that were", other)
    }
  }

  /// Whether twice the money trades twice the units at twice the costs, so that one account tells what becomes of all.
  var isProportional: Bool {
    let (commission, slippage) = (execution.commission, execution.slippage)
    switch strategy.size {
    case .units, .notional: return false
    default: break
    }
    return commission.fixed == 0 && commission.minimum == 0 && commission.tiers.isEmpty
      && slippage.volumeShare == nil && slippage.almgrenChriss == nil && execution.lot == 0
      && execution.minNotional == 0 && execution.maxVolumeShare == .infinity
  }
}

extension RunPlan {
  /// Throws if accounts would be several by parameters or rows of a file.
  func checkPolicy() throws(SpecError) {
    if grid.count > 1 {
      let open = grid.axes.filter { $0.values.count > 1 }.map { "--set \($0.name)=…" }
      throw .value(
        path: "parameters", line: 0, found: "\(grid.count) sets",
        expected: "one: choose it with \(open.joined(separator: " ")); apus sweep compares them")
    }
    if let weights, weights.names.count > 1 {
      throw .value(
        path: "strategy.weights.file", line: 0, found: "\(weights.names.count) portfolios",
        expected: "one for all; --policy weights:FILE takes a row for each portfolio")
    }
  }

  /// Throws if anything but closes is looked at or traded at.
  func checkCloses(on market: String) throws(SpecError) {
    let bootstrap = "--market bootstrap, whose bars are whole"
    func refuse(_ path: String, _ found: String, _ instead: String = "") -> SpecError {
      .value(
        path: path, line: 0, found: "\(found), and paths of --market \(market) have closes alone",
        expected: instead + bootstrap)
    }
    if spec.execution.fill == .nextOpen {
      throw refuse(
        "execution.fill", "fills at an open", "--set execution.fill=next_close, or ")
    }
    let source = weights?.source as? ExpressionWeights
    let fields = (run.strategy.fields + (source?.fields ?? [])).filter { $0 != "close" }
    if let field = fields.first {
      throw refuse("strategy", "the field \(field)", "a strategy of closes, or ")
    }
    if run.strategy.hasLevels || run.strategy.pricesOrders {
      throw refuse(
        "strategy", "stops, limits or sizes that look into bars", "a strategy without, or ")
    }
    let (rules, slippage) = (spec.execution, spec.execution.slippage)
    if rules.maxVolumeShare < .infinity || slippage.volumeShare != nil
      || slippage.almgrenChriss != nil || slippage.halfSpread == .quotes
    {
      throw refuse("execution", "volumes or quotes", "costs without them, or ")
    }
  }
}

extension Profile {
  /// Whether a symbol and its sector may be held.
  func allows(_ entry: SymbolTable.Entry) -> Bool {
    !excludedSymbols.contains(entry.symbol) && !excludedSectors.contains(entry.sector)
      && (allowedSymbols.isEmpty || allowedSymbols.contains(entry.symbol))
      && (allowedSectors.isEmpty || allowedSectors.contains(entry.sector))
  }
}
