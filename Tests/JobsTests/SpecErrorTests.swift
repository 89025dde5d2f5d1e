import Jobs
import Testing

/// Every kind of mistake in a spec, with the message that a user reads.
@Suite struct SpecErrorTests {
  /// A spec of which each line is one section, so that a mistake has a line of its own.
  private static let sections = [
    "apus": "apus: 1", "data": "data: { store: 'p.h5' }",
    "strategy": "strategy: { long_entry: 'close > 1' }",
  ]

  /// The valid spec with some sections in place of its own or added: lines 2, 3, 4 and on.
  private static func spec(_ changes: [(String, String)]) -> String {
    var lines = ["apus", "data", "strategy"].compactMap { key in
      changes.first { $0.0 == key }.map(\.1) ?? sections[key]
    }
    lines += changes.filter { sections[$0.0] == nil }.map(\.1)
    return "{\n" + lines.filter { !$0.isEmpty }.joined(separator: ",\n") + "\n}"
  }

  private static func message(_ changes: [(String, String)]) -> String {
    do throws(SpecError) {
      _ = try Spec(text: spec(changes))
      return "no mistake was found"
    } catch {
      return "\(error)"
    }
  }

  @Test func theBasisIsValid() throws { _ = try Spec(text: Self.spec([])) }

  // MARK: - Keys

  private static let topKeys =
    "apus, name, data, parameters, where, portfolios, risk, allocate, strategy, account, execution, "
    + "convention, per_bar, tables, metrics, rank, seed"
  private static let dataKeys =
    "store, panel, symbols, from, to, warm_up, adjust, dividends, fx, lags, scores, benchmark"
  private static let executionKeys =
    "fill, commission, slippage, intrabar, finer_panel, bounds, limit_touch, lot, tick, min_notional, max_volume_share"
  private static let strategyKeys =
    "symbols, template, long_entry, long_exit, short_entry, short_exit, stop_loss, take_profit, trailing_stop, "
    + "entry_limit, entry_stop, exit_limit, max_bars, pyramid, reentry_delay, reverse, time_in_force, let, size, "
    + "weights, rebalance"

  @Test(
    "unknown keys, at every level, with the nearest and the known ones",
    arguments: [
      (
        "", "metricks: []",
        "line 5, metricks: there is no such key. Did you mean 'metrics'? Known here: \(topKeys)"
      ),
      ("", "zzzzzz: 1", "line 5, zzzzzz: there is no such key. Known here: \(topKeys)"),
      (
        "data", "data: { store: 'p.h5', form: 1 }",
        "line 3, data.form: there is no such key. Did you mean 'from'? Known here: \(dataKeys)"
      ),
      (
        "data", "data: { store: 'p.h5', symbols: { sectr: 'Energy' } }",
        "line 3, data.symbols.sectr: there is no such key. Did you mean 'sector'? Known here: sector, top, by"
      ),
      (
        "", "parameters: { n: { from: 1, too: 5 } }",
        "parameters.n.to: is missing; expected the last value"
      ),
      (
        "", "parameters: { n: { from: 1, to: 5, stop: 1 } }",
        "line 5, parameters.n.stop: there is no such key. Did you mean 'step'? Known here: from, to, step, count, scale"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', long_exits: 'close < 1' }",
        "line 4, strategy.long_exits: there is no such key. Did you mean 'long_exit'? Known here: \(strategyKeys)"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', size: { fraction: 1 } }",
        "line 4, strategy.size.fraction: there is no such key. "
          + "Known here: fraction_of_equity, units, notional, risk, volatility_target, kelly"
      ),
      (
        "", "account: { csh: 1 }",
        "line 5, account.csh: there is no such key. Did you mean 'cash'? "
          + "Known here: cash, currency, risk_free, minimum_acceptable, leverage, maintenance_margin, "
          + "initial_margin, leverage_maintenance, short, borrow, cash_rate, margin_rate, delisting_return, "
          + "flows, wallets"
      ),
      (
        "", "execution: { fil: 'next_open' }",
        "line 5, execution.fil: there is no such key. Did you mean 'fill'? "
          + "Known here: \(executionKeys)"
      ),
      (
        "", "execution: { commission: { bp: 1 } }",
        "line 5, execution.commission.bp: there is no such key. Did you mean 'bps'? "
          + "Known here: bps, per_share, minimum, fixed, tiers"
      ),
      (
        "", "execution: { slippage: { pbs: 1 } }",
        "line 5, execution.slippage.pbs: there is no such key. Did you mean 'bps'? "
          + "Known here: bps, ticks, half_spread, volume_share, almgren_chriss"
      ),
      (
        "", "rank: { bye: 'sharpe' }",
        "line 5, rank.bye: there is no such key. Did you mean 'by'? Known here: by, top"
      ),
    ]) func unknownKeys(section: String, text: String, message: String)
  {
    #expect(Self.message([(section.isEmpty ? "extra" : section, text)]) == message)
  }

  @Test(
    "what must be there",
    arguments: [
      ("apus", "", "apus: is missing; expected the format version: apus: 1"),
      ("data", "", "data: is missing; expected { store: \"prices.h5\", … }"),
      ("data", "data: {}", "data.store: is missing; expected the path of a price store"),
      (
        "data", "data: { store: null }",
        "data.store: is missing; expected the path of a price store"
      ),
      (
        "data", "data: { store: 'p', symbols: { top: 3 } }",
        "data.symbols.by: is missing; expected the field to rank by, such as market_cap"
      ),
      (
        "data", "data: { store: 'p', symbols: { by: 'volume' } }",
        "data.symbols.top: is missing; expected the number of symbols"
      ),
      (
        "strategy", "",
        "strategy: is missing; expected { long_entry: \"…\", long_exit: \"…\" }; apus risk needs "
          + "portfolios or risk instead, apus allocate needs allocate"
      ),
      (
        "parameters", "parameters: { n: {} }",
        "parameters.n.from: is missing; expected the first value"
      ),
      (
        "parameters", "parameters: { n: { from: 1 } }",
        "parameters.n.to: is missing; expected the last value"
      ),
      (
        "parameters", "parameters: { n: { from: 1, to: 9, scale: 'log' } }",
        "parameters.n.count: is missing; expected the number of values on a log scale"
      ),
    ]) func missing(section: String, text: String, message: String)
  {
    #expect(Self.message([(section, text)]) == message)
  }

  // MARK: - Values

  @Test(
    "wrong types and values out of range",
    arguments: [
      ("apus", "apus: 2", "line 2, apus: found the number 2, expected the format version 1"),
      ("apus", "apus: '1'", "line 2, apus: found the text \"1\", expected the format version 1"),
      ("name", "name: 5", "line 5, name: found the number 5, expected \(nameRule)"),
      ("name", "name: ''", "line 5, name: found the text \"\", expected \(nameRule)"),
      ("name", "name: '.x'", "line 5, name: found the text \".x\", expected \(nameRule)"),
      ("name", "name: 'a/b'", "line 5, name: found the text \"a/b\", expected \(nameRule)"),
      ("name", "name: 'a\\nb'", "line 5, name: found the text \"a b\", expected \(nameRule)"),
      ("data", "data: []", "line 3, data: found a list, expected an object { … }"),
      (
        "data", "data: { store: 5 }",
        "line 3, data.store: found the number 5, expected the path of a price store"
      ),
      (
        "data", "data: { store: '' }",
        "line 3, data.store: found the text \"\", expected the path of a price store"
      ),
      (
        "data", "data: { store: 'p', panel: true }",
        "line 3, data.panel: found true, expected the name of a panel"
      ),
      (
        "data", "data: { store: 'p', symbols: 'AAPL' }",
        "line 3, data.symbols: found the text \"AAPL\", expected \(symbolRule)"
      ),
      (
        "data", "data: { store: 'p', symbols: 3 }",
        "line 3, data.symbols: found the number 3, expected \(symbolRule)"
      ),
      (
        "data", "data: { store: 'p', symbols: [] }",
        "line 3, data.symbols: found an empty list, expected symbols or \"all\""
      ),
      (
        "data", "data: { store: 'p', symbols: ['A', 3] }",
        "line 3, data.symbols[1]: found the number 3, expected a symbol in quotes"
      ),
      (
        "data", "data: { store: 'p', symbols: ['A',\n 'B', 'A'] }",
        "line 4, data.symbols[2]: found \"A\" twice, expected each symbol once"
      ),
      (
        "data", "data: { store: 'p', symbols: {} }",
        "line 3, data.symbols: found an empty object, expected { sector: … } or { top: …, by: … }"
      ),
      (
        "data", "data: { store: 'p', symbols: { sector: 'E', top: 1 } }",
        "line 3, data.symbols: found sector together with top or by, expected { sector: … } or { top: …, by: … }"
      ),
      (
        "data", "data: { store: 'p', symbols: { top: 0, by: 'volume' } }",
        "line 3, data.symbols.top: found the number 0, expected a whole number of at least 1"
      ),
      (
        "data", "data: { store: 'p', symbols: { top: 1.5, by: 'volume' } }",
        "line 3, data.symbols.top: found the number 1.5, expected a whole number of at least 1"
      ),
      (
        "data", "data: { store: 'p',\n from: 2014 }",
        "line 4, data.from: found the number 2014, expected \(dateRule)"
      ),
      (
        "data", "data: { store: 'p',\n\n to: '2014-02-30' }",
        "line 5, data.to: found the text \"2014-02-30\", expected \(dateRule)"
      ),
      (
        "data", "data: { store: 'p', from: '01/02/2014' }",
        "line 3, data.from: found the text \"01/02/2014\", expected \(dateRule)"
      ),
      (
        "data", "data: { store: 'p', from: '3000-01-01' }",
        "line 3, data.from: found the text \"3000-01-01\", expected \(dateRule)"
      ),
      (
        "data", "data: { store: 'p', from: '2015-01-01', to: '2014-12-31' }",
        "line 3, data.to: found 2014-12-31T23:59:59.999999999Z, expected an instant not before data.from, 2015-01-01"
      ),
      (
        "strategy", "strategy: { long_entry: 5 }",
        "line 4, strategy.long_entry: found the number 5, expected a condition in quotes, such as \"close > sma(close, 20)\""
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', stop_loss: [1] }",
        "line 4, strategy.stop_loss: found a list, expected \(distanceRule)"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', take_profit: Infinity }",
        "line 4, strategy.take_profit: found the number inf, expected \(distanceRule)"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', size: 0.5 }",
        "line 4, strategy.size: found the number 0.5, expected an object { … }"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', let: { m: 5 } }",
        "line 4, strategy.let.m: found the number 5, expected an expression in quotes"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', let: { 'a b': '5' } }",
        "line 4, strategy.let.a b: found the name 'a b', expected \(identifierRule)"
      ),
      (
        "strategy", "strategy: { long_entry: 'close > 1', let: { sma: '5' } }",
        "line 4, strategy.let.sma: found the name of the function 'sma', expected a name of its own"
      ),
      (
        "where", "where: 1",
        "line 5, where: found the number 1, expected a condition on parameters, such as \"fast < slow\""
      ),
      (
        "account", "account: { cash: 0 }",
        "line 5, account.cash: found the number 0, expected an amount above 0"
      ),
      (
        "account", "account: { cash: '1e5' }",
        "line 5, account.cash: found the text \"1e5\", expected an amount above 0"
      ),
      (
        "account", "account: { cash: NaN }",
        "line 5, account.cash: found the number nan, expected an amount above 0"
      ),
      (
        "account", "account: { risk_free: -1 }",
        "line 5, account.risk_free: found the number -1, expected an annual rate above -1"
      ),
      (
        "account", "account: { minimum_acceptable: null, currency: 1 }",
        "line 5, account.currency: found the number 1, expected a text in quotes"
      ),
      (
        "execution", "execution: { commission: { bps: -1 } }",
        "line 5, execution.commission.bps: found the number -1, expected basis points from 0, below 10000"
      ),
      (
        "execution", "execution: { slippage: { bps: 10000 } }",
        "line 5, execution.slippage.bps: found the number 10000, expected basis points from 0, below 10000"
      ),
      (
        "execution", "execution: { commission: { minimum: -0.5 } }",
        "line 5, execution.commission.minimum: found the number -0.5, expected a number from 0"
      ),
      (
        "execution", "execution: { commission: { per_share: Infinity } }",
        "line 5, execution.commission.per_share: found the number inf, expected a number from 0"
      ),
      (
        "execution", "execution: { commission: 10 }",
        "line 5, execution.commission: found the number 10, expected an object { … }"
      ),
      (
        "execution", "execution: { fill: 3 }",
        "line 5, execution.fill: found the number 3, expected one of next_open, next_close, same_close"
      ),
      (
        "metrics", "metrics: 'sharpe'",
        "line 5, metrics: found the text \"sharpe\", expected a list of metric names"
      ),
      (
        "metrics", "metrics: ['sharpe',\n 4]",
        "line 6, metrics[1]: found the number 4, expected the name of a metric in quotes"
      ),
      (
        "rank", "rank: { by: [] }",
        "line 5, rank.by: found a list, expected the name of a metric in quotes"
      ),
      (
        "rank", "rank: { top: 0 }",
        "line 5, rank.top: found the number 0, expected a whole number of at least 1"
      ),
      (
        "seed", "seed: -1",
        "line 5, seed: found the number -1, expected a whole number from 0 to 9007199254740992"
      ),
      (
        "seed", "seed: 0.5",
        "line 5, seed: found the number 0.5, expected a whole number from 0 to 9007199254740992"
      ),
      (
        "seed", "seed: 1e300",
        "line 5, seed: found the number 1e+300, expected a whole number from 0 to 9007199254740992"
      ),
    ]) func values(section: String, text: String, message: String)
  {
    #expect(Self.message([(section, text)]) == message)
  }

  private static let nameRule =
    "a text of 1 to 100 bytes without / and \\, not beginning with a dot"
  private static let symbolRule = "\"all\", a list of symbols, { sector: … } or { top: …, by: … }"
  private static let dateRule =
    "a date such as \"2014-01-31\" or an instant such as \"2014-01-31T14:30Z\""
  private static let distanceRule =
    "a fraction such as 0.05, or an expression of parameters in quotes"
  private static let identifierRule =
    "letters, digits and _, beginning with a letter; not and, or, not"

  @Test(
    "parameters",
    arguments: [
      ("[]", "line 5, parameters: found a list, expected an object { … }"),
      ("{ n: [] }", "line 5, parameters.n: found an empty list, expected at least one value"),
      ("{ n: 'x' }", "line 5, parameters.n: found the text \"x\", expected \(valuesRule)"),
      ("{ n: true }", "line 5, parameters.n: found true, expected \(valuesRule)"),
      ("{ n: Infinity }", "line 5, parameters.n: found the number inf, expected \(valuesRule)"),
      (
        "{ n: [1,\n 'x'] }",
        "line 6, parameters.n[1]: found the text \"x\", expected a finite number"
      ),
      (
        "{ n: [1, NaN] }", "line 5, parameters.n[1]: found the number nan, expected a finite number"
      ),
      (
        "{ n: [1, 2.5, 2.5] }", "line 5, parameters.n[2]: found 2.5 twice, expected each value once"
      ),
      ("{ n: [0, -0] }", "line 5, parameters.n[1]: found 0 twice, expected each value once"),
      (
        "{ n: { from: 5, to: 4 } }",
        "line 5, parameters.n.to: found the number 4, expected a number of at least 5"
      ),
      (
        "{ n: { from: '5', to: 4 } }",
        "line 5, parameters.n.from: found the text \"5\", expected a number"
      ),
      (
        "{ n: { from: 1, to: 4, step: 0 } }",
        "line 5, parameters.n.step: found the number 0, expected a number above 0"
      ),
      (
        "{ n: { from: 1, to: 4, step: -1 } }",
        "line 5, parameters.n.step: found the number -1, expected a number above 0"
      ),
      (
        "{ n: { from: 1, to: 4, count: 1 } }",
        "line 5, parameters.n.count: found the number 1, expected a whole number from 2 to 10000000"
      ),
      (
        "{ n: { from: 1, to: 4, count: 2.5 } }",
        "line 5, parameters.n.count: found the number 2.5, expected a whole number from 2 to 10000000"
      ),
      (
        "{ n: { from: 1, to: 4, count: 3, step: 1 } }",
        "line 5, parameters.n: found both step and count, expected one of them"
      ),
      (
        "{ n: { from: 0, to: 4, count: 3, scale: 'log' } }",
        "line 5, parameters.n.from: found 0, expected a number above 0 on a log scale"
      ),
      (
        "{ n: { from: 1, to: 4, count: 3, scale: 'lg' } }",
        "line 5, parameters.n.scale: no scale 'lg'. Did you mean 'log'?\n  known: linear, log"
      ),
      (
        "{ n: { from: 4, to: 4, count: 3 } }",
        "line 5, parameters.n: found 3 values from 4 to 4, expected values that differ: fewer of them, or farther ends"
      ),
      (
        "{ n: { from: 1e16, to: 10000000000000004, step: 0.5 } }",
        "line 5, parameters.n: found 9 values from 1e+16 to 1.0000000000000004e+16, "
          + "expected values that differ: fewer of them, or farther ends"
      ),
      (
        "{ n: { from: -1.7e308, to: 1.7e308, count: 5 } }",
        "line 5, parameters.n: found 5 values from -1.7e+308 to 1.7e+308, "
          + "expected values that differ: fewer of them, or farther ends"
      ),
      (
        "{ n: { from: 0, to: 1, step: 1e-9 } }",
        "line 5, parameters.n: found 1000000001 values, expected at most 10000000"
      ),
      (
        "{ n: { from: -1.7e308, to: 1.7e308, step: 1 } }",
        "line 5, parameters.n: found inf values, expected at most 10000000"
      ),
      ("{ 'a b': 1 }", "line 5, parameters.a b: found the name 'a b', expected \(identifierRule)"),
      (
        "{ größe: 1 }",
        "line 5, parameters.größe: found the name 'größe', expected \(identifierRule)"
      ),
      ("{ not: 1 }", "line 5, parameters.not: found the name 'not', expected \(identifierRule)"),
      (
        "{ sma: 1 }",
        "line 5, parameters.sma: found the name of the function 'sma', expected a name of its own"
      ),
      (
        "{ hour: 1 }",
        "line 5, parameters.hour: found the name of the function 'hour', expected a name of its own"
      ),
      (
        "{ lane: 1 }",
        "parameters.lane: found the name of a variable of every result, expected a name of its own"
      ),
      (
        "{ status: 1 }",
        "parameters.status: found the name of a variable of every result, expected a name of its own"
      ),
      (
        "{ trades: 1 }",
        "parameters.trades: found the name of a metric of this run, expected a name of its own"
      ),
      (
        "{ a: { from: 1, to: 10000000 }, b: { from: 1, to: 10000000 } }",
        "the plan has 10000000 × 10000000 lanes; at most 1000000000 can be run, or looked at by 'where'. Use fewer values or symbols"
      ),
    ]) func parameters(text: String, message: String)
  {
    #expect(Self.message([("parameters", "parameters: \(text)")]) == message)
  }

  private static let valuesRule =
    "a number, a list of numbers, { from, to, step } or { from, to, count }"

  @Test func namesOfMetricsThatTheRunLacksAreFree() throws {
    let text = Self.spec([("p", "parameters: { skew: [1, 2] }"), ("m", "metrics: ['sharpe']")])
    #expect(try Spec(text: text).axes.map(\.name) == ["skew"])
    #expect(
      Self.message([("p", "parameters: { skew: [1, 2] }"), ("m", "rank: { by: 'skew' }")])
        == "parameters.skew: found the name of a metric of this run, expected a name of its own")
  }

  @Test func aPartMayNotBeNamedLikeAParameter() {
    let strategy = "strategy: { long_entry: 'n > 1', let: { n: 'close' } }"
    #expect(
      Self.message([("strategy", strategy), ("p", "parameters: { n: 1 }")])
        == "line 4, strategy.let.n: found the name of a parameter, expected a name of its own")
  }

  // MARK: - Names

  @Test(
    "unknown names, with the nearest",
    arguments: [
      (
        "metrics: ['shrpe']",
        "line 5, metrics[0]: no metric 'shrpe'. Did you mean 'sharpe'?\n  see all of them: apus metrics"
      ),
      (
        "metrics: ['xyzzyx']",
        "line 5, metrics[0]: no metric 'xyzzyx'.\n  see all of them: apus metrics"
      ),
      (
        "rank: {\n by: 'sharp' }",
        "line 6, rank.by: no metric 'sharp'. Did you mean 'sharpe'?\n  see all of them: apus metrics"
      ),
      (
        "execution: { fill: 'next_opn' }",
        "line 5, execution.fill: no fill 'next_opn'. Did you mean 'next_open'?\n  known: next_open, next_close, same_close"
      ),
      (
        "execution: { intrabar: 'worse' }",
        "line 5, execution.intrabar: no intrabar rule 'worse'. Did you mean 'worst'?\n"
          + "  known: worst, best, open_high_low_close, open_low_high_close, finer"
      ),
    ]) func names(text: String, message: String)
  {
    #expect(Self.message([("extra", text)]) == message)
  }

  @Test func unknownAdjustment() {
    #expect(
      Self.message([("data", "data: { store: 'p', adjust: 'split' }")])
        == "line 3, data.adjust: no adjustment 'split'. Did you mean 'splits'?\n"
        + "  known: none, splits, total_return")
  }

  @Test func unknownWarmUp() {
    #expect(
      Self.message([("data", "data: { store: 'p', warm_up: 'histroy' }")])
        == "line 3, data.warm_up: no warm-up 'histroy'. Did you mean 'history'?\n  known: history, window"
    )
  }

  // MARK: - Keys of the format that this version lacks

  @Test(
    "what is not in this version, and what changes nothing",
    arguments: [
      ("rank", "rank: { across: ", "'symbols'", "null", "ranking parameter sets over all symbols"),
      ("rank", "rank: { with: ", "'median'", "null", "ranking parameter sets over all symbols"),
    ]) func notYet(section: String, text: String, wrong: String, neutral: String, what: String)
    throws
  {
    let key = text.split(separator: " ").last?.dropLast() ?? ""
    let line = ["data": 3, "strategy": 4][section] ?? 5
    let message = Self.message([(section, "\(text)\(wrong) }")])
    #expect(message.hasPrefix("line \(line), \(section).\(key): \(what) is not in this version. "))
    #expect(message.hasSuffix(".") && !message.contains("\n"))
    _ = try Spec(text: Self.spec([(section, "\(text)\(neutral) }")]))
  }

  // MARK: - The document

  @Test(
    arguments: [
      ("[]", "line 1, the spec: found a list, expected an object { … }"),
      ("", "line 1, column 1: found the end of the file, expected a value"),
      ("{ apus: 1,\n  data }", "line 2, column 8: found '}', expected ':' after the key 'data'"),
      (
        "{ apus: 1, apus: 1 }",
        "line 1, column 12: found the key 'apus' twice, expected each key once"
      ),
    ]) func documents(text: String, message: String)
  {
    #expect { try Spec(text: text) } throws: { "\($0)" == message }
  }

  @Test func longTextsAreCutInMessages() {
    let message = Self.message([("apus", "apus: '\(String(repeating: "x", count: 10_000))'")])
    #expect(message.count < 200)
  }
}
