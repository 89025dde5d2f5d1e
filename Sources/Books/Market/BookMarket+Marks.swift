import Market

extension BookMarket {
  /// The first bar that ends after an instant: the one in which something at that instant shows; the number of bars if none.
  public func bar(endingAfter instant: Int64) -> Int {
    let (start, isBeyond) = instant.subtractingReportingOverflow(panel.frequencyNs)
    if isBeyond { return 0 }
    let (next, isLast) = start.addingReportingOverflow(1)
    return isLast ? panel.barCount : panel.time.firstBar(atOrAfter: next)
  }

  /// What one of a currency is worth in another at the end of each bar: as `rate`.
  public func rates(from source: String, to target: String, bars: Range<Int>) -> [Double] {
    bars.map { rate(from: source, to: target, at: $0) }
  }

  /// The last close of a symbol by the end of each bar; NaN before the first.
  public func marks(_ instrument: Int, bars: Range<Int>) -> [Double] {
    if let memory {
      return Array(memory.marks(instrument) { findMarks(instrument, 0..<panel.barCount) }[bars])
    }
    return findMarks(instrument, bars)
  }

  private func findMarks(_ instrument: Int, _ bars: Range<Int>) -> [Double] {
    var last = bars.isEmpty ? Double.nan : mark(instrument, at: bars.lowerBound)?.price ?? .nan
    guard let column = columns[instrument], let field = panel.fieldIndex("close") else {
      return bars.map { _ in last }
    }
    let (values, stride) = (panel.field(field), panel.symbolCount)
    var pending = splits[instrument].map {
      (bar: self.bar(endingAfter: $0.timeNs), ratio: $0.ratio)
    }
    pending.removeAll { $0.bar <= bars.lowerBound }
    var next = 0
    return bars.map { bar in
      while next < pending.count, pending[next].bar <= bar {
        last /= pending[next].ratio
        next += 1
      }
      let price = values[bar * stride + column]
      if price.isFinite { last = price }
      return last
    }
  }
}
