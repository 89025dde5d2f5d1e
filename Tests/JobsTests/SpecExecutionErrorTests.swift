import Jobs
import Testing

/// Mistakes in what a spec says of orders, costs, accounts, portfolios and scores, with the message that a user reads.
@Suite struct SpecExecutionErrorTests {
  /// A spec whose sections stand on lines 2 to 5.
  private static func message(
    data: String = "", strategy: String = "long_entry: 'close > 1'", account: String = "",
    execution: String = "", parameters: String = ""
  ) -> String {
    let text = """
      { apus: 1, parameters: { \(parameters) },
        data: { store: 'p.h5', \(data) },
        strategy: { \(strategy) },
        account: { \(account) },
        execution: { \(execution) } }
      """
    do throws(SpecError) {
      _ = try Spec(text: text)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "what is right",
    arguments: [
      "limit_touch: true, lot: 1, tick: 0.01, min_notional: 10, max_volume_share: 0.1",
      "bounds: true", "intrabar: 'finer', finer_panel: 'us_1h'",
      "commission: { tiers: [{ from: 0, bps: 10 }, { from: 1e5, bps: 5 }], minimum: 1 }",
      "tick: 0.01, slippage: { bps: 1, ticks: 1, half_spread: 'quotes', volume_share: { k: 0.1 } }",
      "slippage: { half_spread: 0.01, almgren_chriss: { window: 30 } }",
    ]) func execution(text: String)
  {
    #expect(Self.message(execution: text).isEmpty)
  }

  @Test(
    "mistakes in execution",
    arguments: [
      (
        "intrabar: 'worst', bounds: true",
        "line 5, execution.bounds: found true with intrabar 'worst', expected one of them: bounds: true runs worst and best"
      ),
      (
        "bounds: 1", "line 5, execution.bounds: found the number 1, expected true or false"
      ),
      (
        "intrabar: 'finer'",
        "execution.finer_panel: is missing; expected the panel of shorter bars that intrabar 'finer' looks into"
      ),
      (
        "finer_panel: 'p'",
        "line 5, execution.finer_panel: found a panel without its use, expected intrabar: \"finer\" with it"
      ),
      ("lot: -1", "line 5, execution.lot: found the number -1, expected a number from 0"),
      (
        "max_volume_share: 0",
        "line 5, execution.max_volume_share: found the number 0, expected a fraction of a bar's volume above 0, at most 1"
      ),
      (
        "slippage: { ticks: 1 }",
        "execution.tick: is missing; expected the size of a tick, as execution.slippage.ticks needs it"
      ),
      (
        "slippage: { half_spread: 'quote' }",
        "line 5, execution.slippage.half_spread: found the text \"quote\", expected money for a unit from 0, "
          + "or \"quotes\" for the fields bid and ask"
      ),
      (
        "slippage: { volume_share: {} }",
        "execution.slippage.volume_share.k: is missing; expected the fraction of the price at a share of 1"
      ),
      (
        "slippage: { volume_share: { k: 1, exponent: 1 } }",
        "line 5, execution.slippage.volume_share.exponent: found the number 1, expected 0.5 or 2"
      ),
      (
        "slippage: { almgren_chriss: { window: 1 } }",
        "line 5, execution.slippage.almgren_chriss.window: found the number 1, expected a whole number of bars from 2 to 10000"
      ),
      (
        "commission: { tiers: 5 }",
        "line 5, execution.commission.tiers: found the number 5, expected a list of { from, bps }"
      ),
      (
        "commission: { tiers: [{ from: 5, bps: 1 }] }",
        "line 5, execution.commission.tiers[0].from: found the number 5, expected 0, where the first tier begins"
      ),
      (
        "commission: { tiers: [{ from: 0, bps: 1 }, { from: 0, bps: 2 }] }",
        "line 5, execution.commission.tiers[1].from: found the number 0, expected a notional above 0, where the tier before begins"
      ),
      (
        "commission: { bps: 1, tiers: [{ from: 0, bps: 1 }] }",
        "line 5, execution.commission.tiers: found both bps and tiers, expected one of them"
      ),
    ]) func executionMistakes(text: String, message: String)
  {
    #expect(Self.message(execution: text) == message)
  }

  @Test(
    "accounts that are right",
    arguments: [
      "leverage: 2, initial_margin: 1.5, maintenance_margin: 1.3, leverage_maintenance: 0.25, short: false",
      "borrow: 0.03, cash_rate: 0.02, margin_rate: 0.05, delisting_return: -0.3",
      "flows: [{ date: '2015-03-01', amount: 1000 }, { every: 'month', amount: -5, from: '2015-01-01', to: '2016-01-01' }]",
      "flows: [{ every: 20, amount: 5 }]",
      "wallets: [{ name: 'a', cash: 5 }, { name: 'b', flows: [{ every: 'week', amount: 1 }] }]",
    ]) func account(text: String)
  {
    #expect(Self.message(account: text).isEmpty)
  }

  @Test(
    "mistakes in accounts",
    arguments: [
      (
        "leverage: 0.5",
        "line 4, account.leverage: found the number 0.5, expected a multiple of equity from 1 to 100"
      ),
      (
        "leverage: 4",
        "line 4, account.leverage: found 4, expected less than 1 / leverage_maintenance, 4, where positions are closed"
      ),
      (
        "initial_margin: 1.2",
        "line 4, account.initial_margin: found the number 1.2, "
          + "expected a multiple of a short's value from maintenance_margin, 1.3, to 100"
      ),
      ("short: 'no'", "line 4, account.short: found the text \"no\", expected true or false"),
      (
        "borrow: 30",
        "line 4, account.borrow: found the number 30, expected an annual rate from 0, below 10"
      ),
      (
        "delisting_return: -2",
        "line 4, account.delisting_return: found the number -2, expected a return from -1, such as -0.3"
      ),
      (
        "flows: [{ date: '2015-03-01' }]",
        "account.flows[0].amount: is missing; expected an amount other than 0: above it for a deposit, below it for a withdrawal"
      ),
      (
        "flows: [{ amount: 5 }]",
        "account.flows[0]: is missing; expected date: \"2015-03-01\", or every: \"month\""
      ),
      (
        "flows: [{ amount: 5, date: '2015-03-01', every: 'month' }]",
        "line 4, account.flows[0]: found both date and every, expected one of them"
      ),
      (
        "flows: [{ amount: 5, every: 'months' }]",
        "line 4, account.flows[0].every: no period 'months'. Did you mean 'month'?\n  known: day, week, month, quarter, year"
      ),
      (
        "flows: [{ amount: 5, every: 0 }]",
        "line 4, account.flows[0].every: found the number 0, expected a whole number of bars of at least 1"
      ),
      (
        "wallets: [{ cash: 5 }]", "account.wallets[0].name: is missing; expected the wallet's name"
      ),
      (
        "wallets: [{ name: 'a' }, { name: 'a' }]",
        "line 4, account.wallets[1].name: found \"a\" twice, expected each wallet once"
      ),
      (
        "cash: 5, wallets: [{ name: 'a' }]",
        "line 4, account.wallets: found wallets together with cash or flows, expected cash and flows in each wallet"
      ),
    ]) func accountMistakes(text: String, message: String)
  {
    #expect(Self.message(account: text) == message)
  }

  @Test(arguments: [
    ("bound", "", "bounds: true", true), ("bound", "", "", false),
    ("wallet", "wallets: [{ name: 'a' }]", "", true), ("wallet", "", "", false),
  ])
  func parametersLeaveTheNamesOfColumns(
    name: String, account: String, execution: String, isTaken: Bool
  ) {
    let message = Self.message(
      account: account, execution: execution, parameters: "\(name): [1, 2]")
    #expect(
      message
        == (isTaken
          ? "parameters.\(name): found the name of a column of this run's result, expected a name of its own"
          : ""))
  }

  @Test func flowsEndNoEarlierThanTheyBegin() {
    #expect(
      Self.message(
        account:
          "flows: [{ every: 'day', amount: 1, from: '2015-02-01', to: '2015-01-01T00:00Z' }]")
        == "line 4, account.flows[0].to: found 2015-01-01, expected an instant not before from, 2015-02-01"
    )
  }

  @Test(
    "strategies that are right",
    arguments: [
      "long_entry: 'close > 1', entry_limit: 'close * 0.99', time_in_force: { bars: 3 }, max_bars: 5, pyramid: 3",
      "long_entry: 'close > 1', short_entry: 'close < 1', reverse: true, reentry_delay: 2, exit_limit: 5",
      "long_entry: 'close > 1', stop_loss: 0.1, size: { risk: 0.01 }",
      "long_entry: 'close > 1', size: { volatility_target: { target: 0.1, window: 30 } }",
      "long_entry: 'close > 1', size: { kelly: 0.5 }, reverse: false",
      "weights: '1 / 10', rebalance: { every: 'month', drift: 0.05, gradual: 5, band: 0.01, max_turnover: 0.2 }",
      "weights: { file: 'w.csv' }", "template: 'buy_and_hold'",
    ]) func strategy(text: String)
  {
    #expect(Self.message(strategy: text).isEmpty)
  }

  @Test(
    "mistakes in strategies",
    arguments: [
      (
        "long_entry: 'close > 1', time_in_force: 'day'",
        "line 3, strategy.time_in_force: found entries at market, expected entry_limit or entry_stop with it: what has no price does not wait for one"
      ),
      (
        "long_entry: 'close > 1', time_in_force: 'gtd'",
        "line 3, strategy.time_in_force: no time in force 'gtd'. Did you mean 'gtc'?\n  known: gtc, day, ioc, fok"
      ),
      (
        "long_entry: 'close > 1', time_in_force: { bars: 0 }",
        "line 3, strategy.time_in_force.bars: found the number 0, expected a whole number of bars of at least 1"
      ),
      (
        "long_entry: 'close > 1', size: { units: 5, kelly: 1 }",
        "line 3, strategy.size: found 2 kinds of size, "
          + "expected one of fraction_of_equity, units, notional, risk, volatility_target, kelly"
      ),
      (
        "long_entry: 'close > 1', size: { risk: 0.01 }",
        "strategy.stop_loss: is missing; expected the distance that strategy.size.risk is lost over"
      ),
      (
        "long_entry: 'close > 1', size: { kelly: { window: 5 } }",
        "strategy.size.kelly.multiple: is missing; expected a number above 0, or an expression of parameters in quotes"
      ),
      (
        "long_entry: 'close > 1', reverse: 1",
        "line 3, strategy.reverse: found the number 1, expected true, false, or an expression of parameters in quotes"
      ),
      (
        "long_entry: 'close > 1', rebalance: { every: 'month' }",
        "line 3, strategy.rebalance: found rebalance without weights, expected weights with it, or neither"
      ),
      (
        "long_entry: 'close > 1', weights: '1'",
        "line 3, strategy.long_entry: found 'long_entry' beside weights, "
          + "expected weights and rebalance alone: a portfolio has no entries and exits"
      ),
      (
        "weights: true",
        "line 3, strategy.weights: found true, expected an expression in quotes, such as \"1 / 10\", { file: \"weights.csv\" } or { allocate: \"min_variance\", lookback: 252 }"
      ),
      (
        "weights: {}",
        "strategy.weights.file: is missing; expected the path of a file of portfolios, or allocate: \"min_variance\""
      ),
      (
        "weights: '1', rebalance: { every: 'mnth' }",
        "line 3, strategy.rebalance.every: no period 'mnth'. Did you mean 'month'?\n  known: day, week, month, quarter, year"
      ),
      (
        "weights: '1', rebalance: { drift: 1 }",
        "line 3, strategy.rebalance.drift: found the number 1, expected a fraction from 0, below 1"
      ),
      (
        "template: 'buy_and_hod'",
        "line 3, strategy.template: no strategy 'buy_and_hod'. Did you mean 'buy_and_hold'?\n  see all of them: apus strategies"
      ),
      (
        "long_entry: 'close > 1', symbols: { hedge: 'SPY' }",
        "line 3, strategy.symbols: found symbols without a template, expected data.symbols for what to trade"
      ),
    ]) func strategyMistakes(text: String, message: String)
  {
    #expect(Self.message(strategy: text) == message)
  }

  @Test func aTemplateKnowsItsParameters() {
    #expect(
      Self.message(strategy: "template: 'buy_and_hold'", parameters: "zzz: 5")
        == "parameters.zzz: there is no such key. Known here: ")
  }

  @Test func aTemplateNamesTheRoleWhoseSymbolIsNotThere() throws {
    let bench = try Workbench(SampleMarket.closes(["SPX": [1, 2], "TLT": [1, 1]]))
    #expect(
      bench.complaint("strategy: { template: 'market_trend' }") == """
        strategy.symbols.market: no symbol 'SPY'. Did you mean 'SPX'?
          market_trend needs one: symbols: { market: "…" }; apus inspect --symbols lists those of panel us_equity_1d
        """)
    _ = try bench.plan("strategy: { template: 'market_trend', symbols: { market: 'SPX' } }")
  }

  @Test(
    "mistakes in data",
    arguments: [
      (
        "adjust: 'total_return', dividends: 'cash'",
        "line 2, data.dividends: found \"cash\" with adjust 'total_return', whose prices hold them already, "
          + "expected adjust: \"none\" or \"splits\" with it"
      ),
      (
        "dividends: 'csh'",
        "line 2, data.dividends: no use of dividends 'csh'. Did you mean 'cash'?\n  known: cash, reinvest"
      ),
      (
        "lags: { score: -1 }", "line 2, data.lags.score: found the number -1, expected \(lagRule)"
      ),
      (
        "lags: { score: '2x' }",
        "line 2, data.lags.score: found the text \"2x\", expected \(lagRule)"
      ),
      (
        "lags: { close: 1 }",
        "line 2, data.lags.close: found a field that orders fill at, "
          + "expected a field of scores or facts; use lag(close, n) in expressions"
      ),
      (
        "scores: [{ file: 's.csv' }]",
        "data.scores[0].lag: is missing; expected how long after its time a value is known: \(lagRule)"
      ),
      (
        "scores: [{ lag: 1 }]",
        "data.scores[0].file: is missing; expected the path of a CSV, JSON or HDF5 file"
      ),
      (
        "scores: [{ file: 's.csv', field: 'close', lag: 1 }]",
        "line 2, data.scores[0].field: found the name of a price, expected a name of its own, such as score"
      ),
      (
        "scores: [{ file: 's', lag: 1 }, { file: 't', lag: 1 }]",
        "line 2, data.scores[1].field: found \"score\" twice, expected each field once"
      ),
      (
        "fx: 'rates'",
        "data.fx: found exchange rates for lanes of one symbol each, "
          + "expected strategy.weights with it: such a lane is in the currency of its symbol"
      ),
    ]) func dataMistakes(text: String, message: String)
  {
    #expect(Self.message(data: text) == message)
  }

  private static let lagRule =
    "a number of bars from 0, or a length of time such as \"2d\" or \"36h\""
}
