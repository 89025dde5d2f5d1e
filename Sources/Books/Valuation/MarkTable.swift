import Kernels
import Market

/// Marks of all symbols of a book in one currency, in blocks of bars that stay in cache: `[blocks][symbols][128]`.
///
/// Memory: 8 bytes for each symbol and bar.
// Nothing changes it once it is there.
final class MarkTable: @unchecked Sendable {
  /// Bars of a block.
  static var blockBars: Int { HeldRowBlock.width }
  /// The bars of the panel.
  let bars: Range<Int>
  /// Number of blocks.
  let blocks: Int
  private let values: AlignedBuffer<Double>
  private let symbols: Int
  /// What one of each currency is worth, in whole blocks.
  private let rates: AlignedBuffer<Double>

  /// Marks and rates.
  ///
  /// - Parameters:
  ///   - currency: what marks are in; a symbol of an unknown currency is taken to be of this one.
  ///   - sources: currencies whose rates are asked for.
  ///   - workers: number of workers; no number depends on it.
  init(
    _ market: BookMarket, bars: Range<Int>, in currency: String, from sources: [String],
    workers: Int
  ) {
    self.bars = bars
    symbols = market.columns.count
    blocks = (bars.count + Self.blockBars - 1) / Self.blockBars
    values = AlignedBuffer(repeating: 0, count: blocks * symbols * Self.blockBars)
    rates = AlignedBuffer(repeating: 1, count: sources.count * blocks * Self.blockBars)
    for (code, source) in sources.enumerated() {
      for (place, rate) in market.rates(from: source, to: currency, bars: bars).enumerated() {
        rates[code * blocks * Self.blockBars + place] = rate
      }
    }
    let foreign = Set(market.currencies).subtracting(["", currency])
    let rates = Dictionary(
      uniqueKeysWithValues: foreign.map {
        ($0, market.rates(from: $0, to: currency, bars: bars))
      })
    // Workers write rows of their own symbols.
    nonisolated(unsafe) let base = values.base
    let symbols = symbols
    _ = try? TileLoop(tiles: (symbols + 15) / 16, workers: max(1, workers)).run(
      isCancelled: { false }, room: {},
      { tile, _ in
        for symbol in tile * 16..<min(symbols, tile * 16 + 16) {
          let rates = rates[market.currencies[symbol]]
          for (place, price) in market.marks(symbol, bars: bars).enumerated() {
            let (block, bar) = (place / Self.blockBars, place % Self.blockBars)
            base[(block * symbols + symbol) * Self.blockBars + bar] =
              rates.map { price * $0[place] } ?? price
          }
        }
      })
  }

  /// Marks of the first symbol in a block; the others follow.
  @inline(always)
  func rows(_ block: Int) -> UnsafePointer<Double> {
    UnsafePointer(values.base + block * symbols * Self.blockBars)
  }

  /// What one of a currency is worth at each bar of a block, by its number among the sources.
  @inline(always)
  func rates(_ block: Int, _ code: Int32) -> UnsafePointer<Double> {
    UnsafePointer(rates.base + (Int(code) * blocks + block) * Self.blockBars)
  }
}
