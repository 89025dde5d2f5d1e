import Advice
import Books
import Kernels
import Market
import TestSupport

/// A market of a few symbols in two currencies, and portfolios over it.
enum ForwardSample {
  static let day: Int64 = 86_400_000_000_000
  static let symbols = 6

  /// Symbols `S0` … with walks of closes; `S2` and `S5` are in EUR, `S4` in no currency, and `S1` is split once.
  ///
  /// - Parameter spoiledAfter: a bar after which all prices and rates are others.
  static func market(seed: UInt64, bars: Int = 80, spoiledAfter: Int? = nil) throws -> BookMarket {
    var random = TestRandom(seed: seed)
    var closes: [[Double]] = []
    for _ in 0..<symbols {
      var price = Double(random.int(500...20_000)) / 100
      closes.append(
        (0..<bars).map { bar in
          price *= 1 + Double(random.int(-300...310)) / 10_000
          return bar > 0 && random.one(in: 20) ? .nan : price
        })
    }
    for bar in bars / 2..<bars { closes[1][bar] /= 4 }
    for bar in 0..<bars where bar > spoiledAfter ?? bars {
      for symbol in 0..<symbols { closes[symbol][bar] *= Double(bar + symbol) }
    }
    let table = SymbolTable(
      (0..<symbols).map {
        .init(symbol: "S\($0)", currency: $0 % 3 == 2 ? "EUR" : $0 == 4 ? "" : "USD")
      })
    let panel = PricePanel(
      name: "sample", time: TimeAxis(ns: (0..<bars).map { Int64($0 + 10) * day }), symbols: table,
      calendar: .crypto, frequencyNs: day, fields: ["close"],
      lifetimes: (0..<symbols).map { _ in 0...bars - 1 }, contentHash: "",
      storage: HeapPanelStorage(fields: [(0..<bars).flatMap { bar in closes.map { $0[bar] } }]))
    var euro = 1.1
    let rates = (0..<bars).map { bar in
      euro *= 1 + Double(random.int(-50...50)) / 10_000
      return bar > spoiledAfter ?? bars ? 9 * euro : euro
    }
    var splits: [[BookMarket.Split]] = Array(repeating: [], count: symbols)
    splits[1] = [.init(timeNs: Int64(bars / 2 + 10) * day, ratio: 4)]
    return try BookMarket(
      panel: panel, instruments: (0..<symbols).map { .init(symbol: "S\($0)") }, splits: splits,
      currency: "USD", rates: ["EUR": rates])
  }

  static func factors(_ market: BookMarket, bar: Int = 40) -> ForwardFactors {
    ForwardFactors(
      market: market, columns: Set(market.columns.indices), currencies: ["USD", "EUR"], bar: bar)
  }

  /// Portfolios with money in random factors, in both currencies, of four sums.
  static func accounts(
    _ factors: ForwardFactors, count: Int, seed: UInt64, weights: Bool = false
  ) -> [ForwardAccount] {
    var random = TestRandom(seed: seed)
    return (0..<count).map { portfolio in
      let parts = (0..<factors.count).compactMap { factor in
        random.one(in: 2)
          ? nil : ForwardAccount.Part(factor: factor, amount: Double(random.int(100...90_000)) / 7)
      }
      var account = ForwardAccount(
        portfolio: portfolio, currency: random.int(0...1),
        parts: parts + [.init(factor: factors.cash(0), amount: 50)], group: random.int(0...3))
      // One of five is held whatever others do.
      if weights, !random.one(in: 5) {
        let symbols = Double(factors.columns.count)
        account.weights = account.weights(
          factors.columns.indices.map { .init(factor: $0, amount: 0.9 / symbols) }, factors)
      }
      return account
    }
  }

  /// Growths near 1.
  static func paths(_ factors: ForwardFactors, count: Int, bars: Int, seed: UInt64) -> ForwardPaths
  {
    var random = TestRandom(seed: seed)
    return ForwardPaths(
      (0..<count).map { _ in
        var growths = Matrix(rows: bars, columns: factors.count, repeating: 1)
        for bar in 0..<bars {
          for factor in 0..<factors.count where factor != factors.cash(0) {
            growths[bar, factor] = 1 + Double(random.int(-400...410)) / 10_000
          }
        }
        return growths
      })
  }
}

/// One portfolio along one path, bar by bar and without any table.
struct NaivePath {
  var values: [Double] = []
  var depth = 0.0
  var least = 1.0

  init(_ account: ForwardAccount, _ factors: ForwardFactors, _ growths: Matrix, _ plan: ForwardPlan)
  {
    var money: [Int: Double] = [:]
    for part in account.parts { money[part.factor, default: 0] += part.amount }
    let cash = factors.cash(account.currency)
    var index = 1.0
    var peak = 1.0
    var last = account.equity
    for bar in 0..<growths.rows {
      var before = last
      if plan.contributionEvery > 0, bar % plan.contributionEvery == 0 {
        money[cash, default: 0] += plan.contribution
        before += plan.contribution
      }
      let isDue = bar == 0 ? plan.movesAtOnce : plan.every > 0 && bar % plan.every == 0
      if isDue, let weights = account.weights {
        let sum = money.values.reduce(0, +)
        // Halving finds what is left after costs.
        var (low, high) = (0.0, sum)
        let shares = Dictionary(uniqueKeysWithValues: weights.map { ($0.factor, $0.amount) })
        func traded(_ left: Double) -> Double {
          (0..<factors.columns.count).reduce(0) { total, factor in
            total + abs(shares[factor, default: 0] * left - money[factor, default: 0])
          }
        }
        for _ in 0..<60 {
          let middle = (low + high) / 2
          if middle + plan.costRate * traded(middle) > sum { high = middle } else { low = middle }
        }
        money = [:]
        for part in weights { money[part.factor] = part.amount * low }
      }
      for factor in money.keys {
        var growth = growths[bar, factor]
        if !factors.isHomeless(factor) { growth /= growths[bar, cash] }
        money[factor]? *= growth
      }
      last = money.values.reduce(0, +)
      values.append(last)
      index *= last / before
      peak = max(peak, index)
      depth = min(depth, index / peak - 1)
      least = min(least, index)
    }
  }
}
