/// One portfolio on its way through the blocks of a sweep; what it holds is in its `SweepTile`.
struct SweepLane: BitwiseCopyable {
  /// Position in the book.
  var portfolio = 0
  /// The events that are still to come, among those of the tile.
  var next = 0
  var end = 0
  /// First of its symbols among those of the tile, and of what it holds.
  var slots = 0
  /// Number of symbols held.
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
  var first = -1
  /// Money that works from the start of that bar.
  var firstMoney = 0.0
}
