/// One portfolio on its way through the blocks of a sweep; what it holds is in its `SweepTile`.
struct SweepLane: BitwiseCopyable {
  /// Position in the book.
  var portfolio = 0
  /// Where what it holds begins, and how many symbols that are.
  var first = 0
  var held = 0
  /// Its wallets: the first in the book and in the tile, and how many.
  var wallet = 0
  var balance = 0
  var wallets = 0
  /// Equity after the last bar.
  var equity = 0.0
  /// Equity before the first bar of the window.
  var initialEquity = 0.0
  /// First bar with money, as a place among the bars walked; −1 before.
  var firstBar = -1
  /// Money that works from the start of that bar.
  var firstMoney = 0.0
}
