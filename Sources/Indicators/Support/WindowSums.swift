import Kernels

/// Sums over windows, two at a time: in lane 0 forward from an anchor, in lane 1 backward.
///
/// Each term must be 0 at the anchor, where both meet.
protocol WindowTerms {
  /// How many sums.
  static var count: Int { get }
  /// Whether a formula asks how many bars ago the anchor was.
  static var isTimed: Bool { get }
  init()
  /// Lane 0 of one and lane 1 of the other.
  init(ahead: Self, behind: Self)
  /// Adds the terms of two bars: their values less those of the anchor, and their distance from it in bars.
  mutating func add(_ x: SIMD2<Double>, _ y: SIMD2<Double>, at distance: SIMD2<Double>)
  /// Writes each sum's two lanes to its two columns.
  func store(ahead: UnsafeMutablePointer<Double>, behind: UnsafeMutablePointer<Double>)
}

/// Sums over the windows of consecutive bars, from which formulas follow bar by bar.
///
/// Once as many bars as a window has, a bar is the anchor: all windows that end at it or up to the next hold it, and
/// such a window is a sum back from the anchor plus a sum on from it. So nothing is ever subtracted and nothing
/// drifts; values are taken relative to the anchor's, so a constant window is exact and a price far from 0 costs no
/// digits. With the anchor in the window a variance loses at most a factor n, and that only if the anchor is the
/// window's one outlier. Anchors are counted from the last gap, so results don't depend on blocks.
struct WindowSums<Terms: WindowTerms> {
  private let columns: UnsafeMutablePointer<Double>

  /// Doubles to set aside.
  @inline(always) static var capacity: Int { (2 * Terms.count + 2) * fullWindowBars }

  /// Sums over `length` bars for bars `0..<count` of two series, the first of which has `place` full windows before it.
  @inline(always)
  init(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, length: Int, place: Int, count: Int,
    columns: UnsafeMutablePointer<Double>
  ) {
    self.columns = columns
    var bar = 0
    while bar < count {
      let after = (place + bar) % length
      let bars = min(length - after, count - bar)
      fill(x + (bar - after), y + (bar - after), length, after..<after + bars, columns + bar)
      bar += bars
    }
  }

  /// The windows that end in a range of bars counted from their anchor.
  @inline(always)
  private func fill(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ length: Int, _ ends: Range<Int>,
    _ column: UnsafeMutablePointer<Double>
  ) {
    let (x0, y0) = (SIMD2(repeating: x[0]), SIMD2(repeating: y[0]))
    var before = Terms()
    for bar in 0..<ends.lowerBound {
      before.add(
        SIMD2(repeating: x[bar]) - x0, SIMD2(repeating: y[bar]) - y0,
        at: SIMD2(repeating: Double(bar)))
    }
    var after = Terms()
    // The start of the last window, less one: back to there the sum belongs to all of them.
    let start = ends.upperBound - length
    var bar = -1
    while bar > start {
      after.add(
        SIMD2(repeating: x[bar]) - x0, SIMD2(repeating: y[bar]) - y0,
        at: SIMD2(repeating: Double(bar)))
      bar -= 1
    }
    var sums = Terms(ahead: before, behind: after)
    var distance = SIMD2(Double(ends.lowerBound), Double(start))
    // Pointers that step: places computed from indexes would be checked for overflow at each bar.
    let offset = y - x
    var (new, old) = (x + ends.lowerBound, x + start)
    var (ahead, behind) = (column, column + (fullWindowBars + ends.count - 1))
    let end = column + ends.count
    while ahead < end {
      sums.add(
        SIMD2(new[0], old[0]) - x0, SIMD2(new[offset], old[offset]) - y0, at: distance)
      sums.store(ahead: ahead, behind: behind)
      distance += SIMD2(1, -1)
      new += 1
      old -= 1
      ahead += 1
      behind -= 1
    }
    let anchors = column + 2 * Terms.count * fullWindowBars
    anchors.update(repeating: x[0], count: ends.count)
    guard Terms.isTimed else { return }
    var age = Double(ends.lowerBound)
    for step in 0..<ends.count {
      anchors[fullWindowBars + step] = age
      age += 1
    }
  }

  /// A sum over the windows that end at some bars.
  @inline(always) func sum<L: Lane>(_ index: Int, at bar: Int) -> L {
    let ahead: L = load(2 * index, at: bar)
    let behind: L = load(2 * index + 1, at: bar)
    return ahead + behind
  }

  /// The anchors' values of the first series.
  @inline(always) func anchor<L: Lane>(at bar: Int) -> L { load(2 * Terms.count, at: bar) }
  /// How many bars ago the anchors were, if the terms are timed.
  @inline(always) func age<L: Lane>(at bar: Int) -> L { load(2 * Terms.count + 1, at: bar) }

  @inline(always) private func load<L: Lane>(_ column: Int, at bar: Int) -> L {
    L.load(SeriesBlock(base: columns + column * fullWindowBars, history: 0), at: bar)
  }
}

/// A formula over sums of windows.
protocol SummedWindowIndicator: FullWindowIndicator {
  associatedtype Terms: WindowTerms
  /// The values of the bars that start at `bar` of the sums; `x` begins at the same bar.
  func value<L: Lane>(_ sums: WindowSums<Terms>, _ x: SeriesBlock, at bar: Int) -> L
}

extension SummedWindowIndicator {
  func fill(
    _ inputs: [SeriesBlock], from start: Int, place: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    fill(
      inputs[0].base + start, inputs[inputs.count - 1].base + start, place: place, into: output,
      count: count)
  }

  // Apart from the requirement above: in a witness's body, Swift inlines no call of C, square roots included.
  @inline(never)
  private func fill(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, place: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let capacity = WindowSums<Terms>.capacity
    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) {
      let sums = WindowSums<Terms>(
        x, y, length: known.window, place: place, count: count,
        columns: $0.baseAddress.unsafelyUnwrapped)
      let block = SeriesBlock(base: x, history: 0)
      var bar = 0
      while bar + 8 <= count {
        let eight: SIMD8<Double> = value(sums, block, at: bar)
        eight.finiteOrNaN.store(to: output + bar)
        bar += 8
      }
      while bar < count {
        let one: Double = value(sums, block, at: bar)
        output[bar] = one.finiteOrNaN
        bar += 1
      }
    }
  }
}
