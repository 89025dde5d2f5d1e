import Kernels
import Market

/// Marks of all symbols of a book in one currency, in blocks of bars that stay in cache: `[blocks][symbols][128]`.
///
/// Memory: 8 bytes for each symbol and bar.
// Nothing changes it once it is there.
final class MarkTable: @unchecked Sendable {
  /// Bars of a block.
  static let blockBars = 128
  /// The bars of the panel.
  let bars: Range<Int>
  /// Number of blocks.
  let blocks: Int
  private let values: AlignedBuffer<Double>
  private let symbols: Int
  /// Rates of currencies of wallets, in blocks too.
  private let rates: [String: [Double]]

  /// Marks and rates.
  ///
  /// - Parameters:
  ///   - currency: what marks are in; a symbol of an unknown currency is taken to be of this one.
  ///   - wallets: currencies whose rates are asked for.
  init(_ market: BookMarket, bars: Range<Int>, in currency: String, wallets: Set<String>) {
    self.bars = bars
    symbols = market.columns.count
    blocks = (bars.count + Self.blockBars - 1) / Self.blockBars
    let padded = blocks * Self.blockBars
    values = AlignedBuffer(repeating: 0, count: blocks * symbols * Self.blockBars)
    var known: [String: [Double]] = [:]
    func rates(of source: String) -> [Double] {
      if let rates = known[source] { return rates }
      let rates = market.rates(from: source, to: currency, bars: bars)
      known[source] = rates + Array(repeating: 1, count: padded - bars.count)
      return known[source] ?? rates
    }
    for symbol in 0..<symbols {
      let own = market.currencies[symbol]
      let prices = market.marks(symbol, bars: bars)
      let rates = own.isEmpty || own == currency ? nil : rates(of: own)
      for (place, price) in prices.enumerated() {
        let (block, bar) = (place / Self.blockBars, place % Self.blockBars)
        values[(block * symbols + symbol) * Self.blockBars + bar] =
          rates.map { price * $0[place] } ?? price
      }
    }
    for wallet in wallets { _ = rates(of: wallet) }
    self.rates = known
  }

  /// Marks of a symbol in a block.
  @inline(always)
  func row(_ block: Int, _ symbol: Int) -> UnsafePointer<Double> {
    UnsafePointer(values.base + (block * symbols + symbol) * Self.blockBars)
  }

  /// What one of a currency is worth at each bar, in whole blocks.
  func rates(of currency: String) -> [Double] { rates[currency] ?? [] }
}
