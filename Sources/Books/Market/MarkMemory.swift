import Synchronization

/// Marks of symbols over all bars of a panel, found once for all portfolios that hold them.
///
/// Memory: 8 bytes for each bar of each symbol that was asked for.
final class MarkMemory: Sendable {
  private let known = Mutex<[Int: [Double]]>([:])

  /// The marks of a symbol, `find` if they are new.
  func marks(_ instrument: Int, _ find: () -> [Double]) -> [Double] {
    if let marks = known.withLock({ $0[instrument] }) { return marks }
    // Two workers that find the same find the same.
    let marks = find()
    known.withLock { $0[instrument] = marks }
    return marks
  }
}

extension BookMarket {
  /// The same market, which remembers the marks of each symbol: for work on very many portfolios, one by one.
  public var remembering: BookMarket {
    var market = self
    market.memory = MarkMemory()
    return market
  }
}
