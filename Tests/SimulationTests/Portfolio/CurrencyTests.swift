import Market
import Simulation
import Testing

/// Accounts in a currency that is not the symbols'.
@Suite struct CurrencyTests {
  private func panel(_ entries: [SymbolTable.Entry], _ bars: [Bars], name: String = "p")
    -> PricePanel
  {
    let plain = makePanel(bars)
    let fields = ["open", "close"].map { field in
      let index = plain.fieldIndex(field) ?? 0
      return (0..<plain.barCount).flatMap { bar in
        bars.indices.map { plain.value(field: index, bar: bar, symbol: $0) }
      }
    }
    return PricePanel(
      name: name, time: plain.time, symbols: SymbolTable(entries), calendar: plain.calendar,
      frequencyNs: plain.frequencyNs, fields: ["open", "close"], lifetimes: plain.lifetimes,
      contentHash: "", storage: HeapPanelStorage(fields: fields))
  }

  private var stocks: [Bars] { [Bars.flat([10, 10, 12, 12]), Bars.flat([50, 50, 50, 50])] }

  private func run(_ rates: [Bars], named: [String] = ["EURUSD"]) throws -> PortfolioRun {
    let panel = panel(
      [.init(symbol: "SAP", currency: "EUR"), .init(symbol: "IBM", currency: "USD")], stocks)
    let table = self.panel(named.map { .init(symbol: $0) }, rates, name: "fx_1d")
    var rebalance = Rebalance()
    rebalance.every = .bars(9)
    var run = PortfolioRun(
      panel: panel, symbols: [0, 1], weights: FixedWeights([0.5, 0.5], symbolCount: 2),
      rebalance: rebalance, rules: ExecutionRules(), cash: 1000, window: 0..<4)
    run.currencies = try CurrencyRates(
      panel: panel, symbols: [0, 1], account: "usd", rates: table)
    return run
  }

  /// 500 dollars are 400 euros at 1.25, which buys 40 shares; at 12 and 1.5 they are worth 720.
  @Test func positionsAreTradedAndMarkedAtTheRate() throws {
    let rates = [Bars.flat([1.2, 1.25, 1.5, 1.5])]
    let record = try PortfolioEngine(run(rates)).replay(lane: 0)
    #expect(record.fills.map(\.units) == [40, 10])
    #expect(record.equity == [1000, 1000, 1220, 1220] && record.summary.staleMarks == 0)
    let inverse = try PortfolioEngine(run([Bars.flat([0.5, 0.5, 0.5, 0.5])], named: ["USD/EUR"]))
      .replay(lane: 0)
    #expect(inverse.fills.map(\.units) == [25, 10] && inverse.equity == [1000, 1000, 1100, 1100])
  }

  @Test func aMissingRateIsTheLastAndIsCounted() throws {
    var rates = Bars.flat([1.25, 1.25, 1.5, 1.5])
    rates.clear(2)
    let record = try PortfolioEngine(run([rates])).replay(lane: 0)
    #expect(record.equity == [1000, 1000, 1100, 1220] && record.summary.staleMarks == 1)
    rates.clear(0)
    rates.clear(1)
    rates.clear(3)
    let none = try PortfolioEngine(run([rates])).replay(lane: 0)
    // What has no rate can't be traded.
    #expect(none.fills.map(\.symbol) == [1] && none.orders.last?.status == .open)
  }

  @Test func aRateThatIsNotThereIsSaid() throws {
    #expect(throws: PortfolioError.rateMissing(currency: "EUR", account: "USD", panel: "fx_1d")) {
      try run([Bars.flat([1, 1, 1, 1])], named: ["GBPUSD"])
    }
    #expect(
      "\(PortfolioError.rateMissing(currency: "EUR", account: "USD", panel: "fx_1d"))"
        == "panel 'fx_1d' has no rate of EUR in USD: import one as symbol EURUSD or USDEUR")
  }
}
