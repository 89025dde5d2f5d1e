import Market

/// What currencies of symbols are worth in account currency, at each bar of a panel.
public struct CurrencyRates: Sendable {
  /// For each symbol of a run the position of its currency; nil for the account's.
  public let currencyOfSymbol: [Int?]
  /// Account currency for one of each currency, when the bars of the panel close: the last that is known, NaN before the first.
  let closes: [[Double]]
  /// The same when they open.
  let opens: [[Double]]
  /// Whether a bar's close is of an earlier bar.
  let isStale: [[Bool]]

  /// Takes rates that lie on the bars of a panel.
  ///
  /// - Parameters:
  ///   - currencyOfSymbol: position of each symbol's currency, nil for the account's.
  ///   - opens: for each currency `[T]`; NaN where the last close holds.
  ///   - closes: for each currency `[T]`; NaN or nothing above zero where there is none: the last is kept.
  /// - Precondition: rows are of one length, and there is one for each currency.
  public init(currencyOfSymbol: [Int?], opens: [[Double]], closes: [[Double]]) {
    precondition(opens.count == closes.count, "opens and closes of the same currencies")
    precondition(currencyOfSymbol.allSatisfy { $0 ?? 0 < max(1, closes.count) })
    self.currencyOfSymbol = currencyOfSymbol
    var (filledOpens, filledCloses): ([[Double]], [[Double]]) = ([], [])
    var stale: [[Bool]] = []
    for (open, close) in zip(opens, closes) {
      precondition(open.count == close.count, "opens and closes of the same bars")
      var last = Double.nan
      var row = (opens: [Double](), closes: [Double](), stale: [Bool]())
      for bar in close.indices {
        row.opens.append(Self.isRate(open[bar]) ? open[bar] : last)
        let isKnown = Self.isRate(close[bar])
        if isKnown { last = close[bar] }
        row.closes.append(last)
        row.stale.append(!isKnown)
      }
      filledOpens.append(row.opens)
      filledCloses.append(row.closes)
      stale.append(row.stale)
    }
    self.opens = filledOpens
    self.closes = filledCloses
    isStale = stale
  }

  /// Finds the rates of the currencies that the symbols of a panel are quoted in.
  ///
  /// A rate is a symbol of the rate panel named by both currencies: `EURUSD`, `EUR/USD`, `EUR-USD`, `EUR.USD` or `EUR_USD` for dollars
  /// for a euro, or the other way round. Its close counts for a bar once it has closed by the bar's end; its open if it opens
  /// with the bar.
  ///
  /// - Parameters:
  ///   - panel: what is traded.
  ///   - symbols: columns of it.
  ///   - account: the account's currency, in letters of either case; a symbol without a currency has this one.
  ///   - rates: the panel of rates.
  /// - Throws: `PortfolioError.rateMissing`.
  public init(panel: PricePanel, symbols: [Int], account: String, rates: PricePanel)
    throws(PortfolioError)
  {
    let account = account.uppercased()
    var names: [String] = []
    var positions: [Int?] = []
    for column in symbols {
      let currency = panel.symbols[column].currency.uppercased()
      if currency.isEmpty || currency == account {
        positions.append(nil)
        continue
      }
      if let place = names.firstIndex(of: currency) {
        positions.append(place)
      } else {
        positions.append(names.count)
        names.append(currency)
      }
    }
    var opens: [[Double]] = []
    var closes: [[Double]] = []
    for currency in names {
      guard let (column, isInverse) = Self.find(currency, account, in: rates) else {
        throw .rateMissing(currency: currency, account: account, panel: rates.name)
      }
      let series = Self.align(rates, column, isInverse, to: panel)
      opens.append(series.opens)
      closes.append(series.closes)
    }
    self.init(currencyOfSymbol: positions, opens: opens, closes: closes)
  }

  /// What a symbol's currency is worth in account currency when a bar of the panel closes.
  ///
  /// The last that is known; 1 for the account's own, NaN before the first.
  public func close(of symbol: Int, at bar: Int) -> Double {
    currencyOfSymbol[symbol].map { closes[$0][bar] } ?? 1
  }

  /// The same when the bar opens.
  public func open(of symbol: Int, at bar: Int) -> Double {
    currencyOfSymbol[symbol].map { opens[$0][bar] } ?? 1
  }

  /// What currencies are worth when each bar of a panel ends, found as above.
  ///
  /// - Parameters:
  ///   - currencies: in capitals.
  ///   - account: the currency that they are told in, in capitals.
  ///   - panel: whose bars count.
  ///   - rates: the panel of rates.
  /// - Returns: for each currency `[T]`: the last that is known, NaN before the first.
  /// - Throws: `PortfolioError.rateMissing`.
  public static func closes(
    of currencies: [String], in account: String, panel: PricePanel, rates: PricePanel
  ) throws(PortfolioError) -> [[Double]] {
    var closes: [[Double]] = []
    for currency in currencies {
      if let (column, isInverse) = find(currency, account, in: rates) {
        closes.append(align(rates, column, isInverse, to: panel).closes)
        continue
      }
      guard let between = bridge(currency, account, in: rates) else {
        throw .rateMissing(currency: currency, account: account, panel: rates.name)
      }
      let first = try Self.closes(of: [currency], in: between, panel: panel, rates: rates)[0]
      let second = try Self.closes(of: [between], in: account, panel: panel, rates: rates)[0]
      closes.append(zip(first, second).map(*))
    }
    return Self(
      currencyOfSymbol: [], opens: closes.map { $0.map { _ in .nan } }, closes: closes
    ).closes
  }

  private static func isRate(_ value: Double) -> Bool { value > 0 && value < .infinity }

  private static func find(_ currency: String, _ account: String, in rates: PricePanel)
    -> (column: Int, isInverse: Bool)?
  {
    for (first, second, isInverse) in [(currency, account, false), (account, currency, true)] {
      let wanted = Set(["", "/", "-", ".", "_"].map { first + $0 + second })
      for column in 0..<rates.symbolCount
      where wanted.contains(rates.symbols[column].symbol.uppercased()) {
        return (column, isInverse)
      }
    }
    return nil
  }

  /// A currency that has rates with both of two others.
  private static func bridge(_ currency: String, _ account: String, in rates: PricePanel) -> String?
  {
    let others = (0..<rates.symbolCount).compactMap { column -> String? in
      let name = rates.symbols[column].symbol.uppercased().filter { !"/-._".contains($0) }
      if name.hasPrefix(currency) { return String(name.dropFirst(currency.count)) }
      return name.hasSuffix(currency) ? String(name.dropLast(currency.count)) : nil
    }
    return others.filter {
      !$0.isEmpty && $0 != account && find(currency, $0, in: rates) != nil
        && find($0, account, in: rates) != nil
    }.min { ($0 == "USD" ? 0 : 1, $0) < ($1 == "USD" ? 0 : 1, $1) }
  }

  private static func align(
    _ rates: PricePanel, _ column: Int, _ isInverse: Bool, to panel: PricePanel
  ) -> (opens: [Double], closes: [Double]) {
    func series(_ name: String) -> [Double]? {
      rates.fieldIndex(name).map { field in
        (0..<rates.barCount).map {
          let value = rates.value(field: field, bar: $0, symbol: column)
          return isInverse ? 1 / value : value
        }
      }
    }
    let (open, close) = (series("open"), series("close"))
    var result = (opens: [Double](), closes: [Double]())
    var next = 0
    for ns in panel.time.ns {
      var last = Double.nan
      while next < rates.barCount
        && rates.time.ns[next] + rates.frequencyNs <= ns + panel.frequencyNs
      {
        if let value = close?[next], isRate(value) { last = value }
        next += 1
      }
      result.closes.append(last)
      let same = rates.time.firstBar(atOrAfter: ns)
      let opensWithIt = same < rates.barCount && rates.time.ns[same] == ns
      result.opens.append(opensWithIt ? open?[same] ?? .nan : .nan)
    }
    return result
  }
}
