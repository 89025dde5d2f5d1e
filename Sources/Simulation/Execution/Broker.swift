import Kernels
import Metrics

/// Turns orders into fills, bar by bar, for an account with any number of symbols.
///
/// A bar is `begin`, `trade`, `finish`; between `trade` and `finish` come the strategy's orders. Nothing is allocated by a bar in
/// which no order is given.
struct Broker: ~Copyable {
  let rules: ExecutionRules
  var ledger: Ledger
  /// Orders that have not ended, by id; those that ended are taken out at the end of the bar.
  var orders: [WorkingOrder] = []
  /// Whether any of them ended since they were last taken out.
  var hasEnded = false
  /// Whether orders came or ended since the strategy was last told of them.
  var hasNewOrders = false
  /// Bar of the run's window.
  var bar = -1
  let feed: BarFeed
  /// Prices of the bar, `[N]`, of symbols that are held or have orders; NaN where nothing trades.
  let opens, highs, lows, closes, volumes: AlignedBuffer<Double>
  /// Units that volume limits still allow in the bar.
  let volumeLeft: AlignedBuffer<Double>
  let loadedBar: AlignedBuffer<Int>
  let walkedBar: AlignedBuffer<Int>
  let positions: AlignedBuffer<PositionState>
  /// Equity that target weights are fractions of: that at the begin of a round of fills.
  var weightBase = Double.nan
  /// Symbols counted as ambiguous in this bar.
  let ambiguousBar: AlignedBuffer<Int>
  /// Whether a bar needs an open to trade.
  let needsOpen: Bool
  /// What the next bars are watched for.
  var watch: OrderWatch

  init(feed: BarFeed, ledger: consuming Ledger, needsOpen: Bool) {
    let run = feed.run
    let count = run.symbols.count
    rules = run.rules
    self.ledger = ledger
    self.feed = feed
    self.needsOpen = needsOpen
    opens = AlignedBuffer(repeating: .nan, count: count)
    highs = AlignedBuffer(repeating: .nan, count: count)
    lows = AlignedBuffer(repeating: .nan, count: count)
    closes = AlignedBuffer(repeating: .nan, count: count)
    volumes = AlignedBuffer(repeating: .nan, count: count)
    volumeLeft = AlignedBuffer(repeating: .infinity, count: count)
    loadedBar = AlignedBuffer(repeating: -1, count: count)
    walkedBar = AlignedBuffer(repeating: -1, count: count)
    ambiguousBar = AlignedBuffer(repeating: -1, count: count)
    positions = AlignedBuffer(repeating: PositionState(), count: count)
    watch = OrderWatch(symbolCount: count)
    orders.reserveCapacity(16)
  }

  /// Reads the prices of a symbol's bar, once.
  ///
  /// High and low are widened to enclose open and close, which a missing one then equals.
  @inline(__always)
  func load(_ symbol: Int) {
    if loadedBar.base[symbol] == bar { return }
    loadedBar.base[symbol] = bar
    let place = feed.place(bar: bar, symbol: symbol)
    let close = feed.value(3, place)
    let open = feed.value(0, place)
    closes.base[symbol] = close
    let trades = isPrice(close) && (!needsOpen || isPrice(open)) && !ledger.hasEnded(symbol)
    if !trades {
      opens.base[symbol] = .nan
      highs.base[symbol] = .nan
      lows.base[symbol] = .nan
      return
    }
    let first = needsOpen ? open : close
    let top = first > close ? first : close
    let bottom = first < close ? first : close
    let high = feed.value(1, place)
    let low = feed.value(2, place)
    opens.base[symbol] = first
    highs.base[symbol] = isPrice(high) && high > top ? high : top
    lows.base[symbol] = isPrice(low) && low < bottom ? low : bottom
    if rules.maxVolumeShare < .infinity {
      let volume = feed.value(4, place)
      volumes.base[symbol] = volume
      // Without a volume nothing is known to have been for sale.
      volumeLeft.base[symbol] = volume > 0 ? volume * rules.maxVolumeShare : 0
    }
  }

  @inline(__always)
  func isPrice(_ value: Double) -> Bool {
    // An infinite price times 0 is NaN; comparisons with infinity become a dozen operations on bits.
    value > 0 && value * 0 == 0
  }

  /// Reads the close of a symbol's bar alone, for one that nothing trades.
  @inline(__always)
  func loadClose(_ symbol: Int) {
    if loadedBar.base[symbol] == bar { return }
    closes.base[symbol] = feed.value(3, feed.place(bar: bar, symbol: symbol))
  }

  /// Whether a symbol's bar takes fills.
  @inline(__always)
  func trades(_ symbol: Int) -> Bool { !opens.base[symbol].isNaN }

  /// 1 for an order that buys, -1 for one that sells, 0 for one that has nothing to do.
  @inline(__always)
  func side(_ order: borrowing WorkingOrder, price: Double) -> Double {
    if !order.rest.isNaN { return order.rest < 0 ? -1 : 1 }
    let held = ledger.units(order.order.symbol)
    let amount: Double
    switch order.order.quantity {
    case .units(let units): amount = units
    case .close: amount = -held
    case .notional(let value): amount = value
    case .fractionOfEquity(let fraction): amount = fraction
    case .risk(let fraction, _), .riskFraction(let fraction, _): amount = fraction
    case .targetUnits(let units): amount = units - held
    case .targetWeight(let weight):
      amount = weight == 0 ? -held : weight * targetEquity / price - held
    }
    return amount > 0 ? 1 : amount < 0 ? -1 : 0
  }

  var targetEquity: Double { weightBase.isNaN ? ledger.currentEquity : weightBase }

  /// Mirrors what the ledger holds, for the strategy's view.
  @inline(__always)
  func mirror(_ symbol: Int) {
    let units = ledger.units(symbol)
    positions.base[symbol].units = units
    positions.base[symbol].averagePrice = units == 0 ? .nan : ledger.averagePrice(symbol)
    positions.base[symbol].entryBar = ledger.entryBar(symbol)
  }
}
