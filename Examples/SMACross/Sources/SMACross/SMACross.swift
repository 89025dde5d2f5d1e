import Apus

/// Holds all it can while the fast average of closes is above the slow one, with a stop below.
///
/// The loop over bars is compiled for this struct, in this package: `decide` costs what its own lines cost.
struct SMACross: Strategy {
  let fast: Int
  let slow: Int
  /// Distance of the stop from the price paid, as a fraction of it.
  let stopLoss: Double

  /// The slow average needs that many bars; before, nobody asks for a decision.
  var warmupBars: Int { slow - 1 }

  /// Sees bars up to now, leaves orders that fill from the next bar on.
  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    let fastMean = view.mean(.close, bars: fast)
    let slowMean = view.mean(.close, bars: slow)
    if view.units() == 0, fastMean > slowMean {
      // Settled at the fill: a gap makes it smaller, never unaffordable.
      desk.bracket(Order(.fractionOfEquity(1)), isLong: true, stopFraction: stopLoss)
    } else if view.units() > 0, fastMean < slowMean {
      desk.close()
    }
  }
}
