import Market

/// Purchases and sells of a day in a currency.
public struct TradingDay: Sendable, Equatable {
  /// Days since 1970-01-01, UTC.
  public let day: Int64
  /// Currency of the wallets that paid and were paid.
  public let currency: String
  /// Number of purchases.
  public private(set) var purchases = 0
  /// Money paid in purchases, fees left out.
  public private(set) var bought = 0.0
  /// Number of sells.
  public private(set) var sells = 0
  /// Money got in sells, fees left out.
  public private(set) var sold = 0.0
  /// What trades and wallets cost.
  public private(set) var fees = 0.0
  /// Dividends and interest.
  public private(set) var income = 0.0

  /// What came in less what went out.
  public var net: Double { sold - bought - fees + income }

  private struct Key: Hashable {
    var day: Int64
    var currency: String
  }

  private init(day: Int64, currency: String) {
    self.day = day
    self.currency = currency
  }

  /// The days of some portfolios on which anything was traded, earned or charged, by day and then currency.
  ///
  /// Sums are taken in the order of portfolios, each in the order of its entries.
  ///
  /// - Parameters:
  ///   - portfolios: their positions.
  ///   - book: the book.
  ///   - span: instants from the first to before the second, nanoseconds UTC.
  ///   - wallets: only these; nil for all.
  public static func of(
    _ portfolios: some Sequence<Int>, in book: Book, span: Range<Int64>, wallets: Set<Int>? = nil
  ) -> [TradingDay] {
    var places: [Key: Int] = [:]
    var days: [TradingDay] = []
    let table = book.entries
    for portfolio in portfolios {
      var last = Key(day: .min, currency: "")
      var place = 0
      for row in table.range(of: portfolio) where span.contains(table.timeNs[row]) {
        guard [.buy, .sell, .dividend, .fee].contains(table.kind[row]) || table.fee[row] != 0
        else { continue }
        if let wallets, !wallets.contains(Int(table.wallet[row])) { continue }
        let key = Key(
          day: Timestamp.split(table.timeNs[row]).day,
          currency: book.wallets[Int(table.wallet[row])].currency)
        if key != last {
          last = key
          place = places[key] ?? days.count
          if place == days.count {
            places[key] = place
            days.append(TradingDay(day: key.day, currency: key.currency))
          }
        }
        days[place].add(table[row])
      }
    }
    return days.sorted { ($0.day, $0.currency) < ($1.day, $1.currency) }
  }

  private mutating func add(_ entry: Entry) {
    fees += entry.fee
    switch entry.kind {
    case .buy:
      purchases += 1
      bought += -entry.cash - entry.fee
    case .sell:
      sells += 1
      sold += entry.cash + entry.fee
    case .dividend: income += entry.cash
    case .fee: fees -= entry.cash
    case .deposit, .withdrawal, .transferOut, .transferIn: break
    }
  }
}
