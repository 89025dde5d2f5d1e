import Market

/// Finds the bar of an instant in a few steps: a table of even spans of time, and a walk from there.
struct BarIndex: Sendable {
  private let starts: [Int64]
  private let frequencyNs: Int64
  private let first: Int64
  private let spanNs: Int64
  /// For each span the first bar that ends after its begin.
  private let bars: [Int32]

  init(_ panel: PricePanel) {
    starts = panel.time.ns
    frequencyNs = panel.frequencyNs
    first = starts.first ?? 0
    let length = max(1, (starts.last ?? 0) - first)
    spanNs = max(1, length / Int64(max(1, 2 * starts.count)))
    var bars: [Int32] = []
    var bar = 0
    for span in 0...length / spanNs {
      let begin = first + span * spanNs
      while bar < starts.count, starts[bar] + frequencyNs <= begin { bar += 1 }
      bars.append(Int32(bar))
    }
    self.bars = bars
  }

  /// The first bar that ends after an instant; the number of bars if none does.
  @inline(always)
  func bar(endingAfter instant: Int64) -> Int {
    if instant < first { return 0 }
    let span = (instant - first) / spanNs
    var bar = Int(bars[min(Int(span), bars.count - 1)])
    while bar < starts.count, starts[bar] + frequencyNs <= instant { bar += 1 }
    return bar
  }
}
