import Kernels

/// Historical simulation: the tail of what happened, without a distribution.
///
/// VaR is the order statistic of rank ⌈(1 - c)·n⌉ without interpolation, expected shortfall the mean of the worst
/// (1 - c)·n returns, the last of them in part. Over a horizon of h bars the sample is that of the n - h + 1 windows
/// of h bars, which overlap, each compounded; or it is that of single bars, and losses are scaled by √h.
///
/// - Source: Jorion, *Value at Risk*, 3rd ed., ch. 10; Rockafellar and Uryasev, J. Risk 2 (2000).
struct HistoricalVaR: VaRModel {
  /// How bars become a horizon.
  enum Horizon: String, Sendable, CaseIterable {
    /// Compounded windows that overlap.
    case overlapping
    /// Single bars, scaled by √h.
    case squareRoot = "square_root"
  }

  /// How bars become a horizon; equal for one bar.
  let horizon: Horizon

  /// A model.
  init(horizon: Horizon = .overlapping) { self.horizon = horizon }

  var name: String { horizon == .overlapping ? "historical" : "historical(square_root)" }
  var neededReturns: Int { 2 }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Void)
    throws(RiskError) -> [TailForecast]
  {
    let length = horizon == .overlapping ? question.horizon : 1
    guard window.count >= length + 1 else {
      throw .tooFewReturns(method: name, found: window.count, needed: length + 1)
    }
    let tail = SampleTail(Self.compounded(window, over: length), levels: question.levels)
    let scale = horizon == .overlapping ? 1 : Double(question.horizon).squareRoot()
    return question.levels.map { level in
      let bar = tail.forecast(level)
      return TailForecast(
        valueAtRisk: scale * bar.valueAtRisk, expectedShortfall: scale * bar.expectedShortfall)
    }
  }

  func roll(
    _ returns: [Double], to bars: [Int], window: Int, refit: Int, _ question: TailQuestion,
    isCancelled: () -> Bool
  ) -> RolledTails? {
    var rolled = RolledTails()
    guard question.horizon == 1 else {
      for bar in bars {
        if isCancelled() { return nil }
        do throws(RiskError) {
          let past = returns.span.extracting(bar - window..<bar)
          rolled.tails.append(try forecast(past, question, fit: ()))
        } catch {
          rolled.fail(error, levels: question.levels.count)
        }
      }
      return rolled
    }
    // One bar moves one order statistic in and one out.
    var ordered: [Double] = []
    var end = 0
    for bar in bars {
      if isCancelled() { return nil }
      if ordered.isEmpty {
        ordered = returns[bar - window..<bar].sorted()
      } else {
        for next in end..<bar {
          ordered.remove(at: Self.place(of: returns[next - window], in: ordered))
          ordered.insert(returns[next], at: Self.place(of: returns[next], in: ordered))
        }
      }
      end = bar
      rolled.tails.append(
        question.levels.map { SampleTail.forecast($0, ascending: ordered, of: window) })
    }
    return rolled
  }

  /// The first place whose value isn't below one given.
  private static func place(of value: Double, in ordered: [Double]) -> Int {
    var (low, high) = (0, ordered.count)
    while low < high {
      let middle = (low + high) / 2
      if ordered[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Returns of all windows of a length: `[n - length + 1]`.
  static func compounded(_ returns: Span<Double>, over length: Int) -> [Double] {
    (0...returns.count - length).map { start in
      if length == 1 { return returns[start] }
      var growth = 1.0
      for bar in start..<start + length { growth *= 1 + returns[bar] }
      return growth - 1
    }
  }
}
