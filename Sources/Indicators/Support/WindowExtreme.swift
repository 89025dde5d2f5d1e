import Kernels

/// Which of two values a window keeps.
protocol Extreme {
  /// The value to keep.
  static func pick<L: Lane>(_ a: L, _ b: L) -> L
}

/// Keeps the larger value.
enum Largest: Extreme {
  @inline(always) static func pick<L: Lane>(_ a: L, _ b: L) -> L { L.larger(a, b) }
}

/// Keeps the lesser value.
enum Least: Extreme {
  @inline(always) static func pick<L: Lane>(_ a: L, _ b: L) -> L { L.smaller(a, b) }
}

extension Extreme {
  /// Fills `output[0..<count]` with the extremes of the `length` values that end at each bar from `x` on.
  ///
  /// All values must be finite; an extreme of 0 is +0. At most `fullWindowBars` bars.
  @inline(never)
  static func fill(
    _ x: UnsafePointer<Double>, length: Int, into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    guard length > 8, count >= 8 else {
      direct(x, length: length, into: output, count: count)
      return
    }
    // No piece is as long as a window, so all windows of a piece share the bars between its starts and itself.
    let longest = (length - 1) & ~7
    withUnsafeTemporaryAllocation(of: Double.self, capacity: fullWindowBars + fullWindowBars / 8) {
      let kept = $0.baseAddress.unsafelyUnwrapped
      var bar = 0
      while bar + 8 <= count {
        let bars = min(longest, (count - bar) & ~7)
        piece(x + bar, length: length, into: output + bar, count: bars, kept: kept)
        bar += bars
      }
      // The last bars once more with those before them, to make eight.
      if bar < count {
        piece(x + count - 8, length: length, into: output + count - 8, count: 8, kept: kept)
      }
    }
  }

  /// Compares whole windows: for short ones, and few bars.
  @inline(always)
  private static func direct(
    _ x: UnsafePointer<Double>, length: Int, into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    var bar = 0
    while bar + 8 <= count {
      var best = eight(x + bar)
      for age in 1..<max(1, length) { best = pick(eight(x + bar - age), best) }
      (best + SIMD8(repeating: 0)).store(to: output + bar)
      bar += 8
    }
    while bar < count {
      var best = x[bar]
      for age in 1..<max(1, length) { best = pick(x[bar - age], best) }
      output[bar] = best + 0
      bar += 1
    }
  }

  /// Windows of a whole number of groups of eight bars, fewer bars than a window has.
  ///
  /// A window is the rest of the group of eight in which it starts, whole groups, and the beginning of the group in
  /// which it ends: three values whatever its length (van Herk, 1992, by groups of eight).
  @inline(always)
  private static func piece(
    _ x: UnsafePointer<Double>, length: Int, into output: UnsafeMutablePointer<Double>, count: Int,
    kept: UnsafeMutablePointer<Double>
  ) {
    let groups = count / 8
    let middles = kept + fullWindowBars
    let starts = x - (length - 1)
    // What lies between the groups in which windows start and those in which they end.
    var middle = common(starts + count, count: length - 1 - count)
    var group = groups - 1
    while group >= 0 {
      middles[group] = middle
      let first = starts + 8 * group
      let s7 = first[7]
      let s6 = pick(first[6], s7)
      let s5 = pick(first[5], s6)
      let s4 = pick(first[4], s5)
      let s3 = pick(first[3], s4)
      let s2 = pick(first[2], s3)
      let s1 = pick(first[1], s2)
      let s0 = pick(first[0], s1)
      SIMD8(s0, s1, s2, s3, s4, s5, s6, s7).store(to: kept + 8 * group)
      middle = pick(s0, middle)
      group -= 1
    }
    var before = middles[groups - 1]
    group = 0
    while group < groups {
      let first = x + 8 * group
      let p0 = first[0]
      let p1 = pick(first[1], p0)
      let p2 = pick(first[2], p1)
      let p3 = pick(first[3], p2)
      let p4 = pick(first[4], p3)
      let p5 = pick(first[5], p4)
      let p6 = pick(first[6], p5)
      let p7 = pick(first[7], p6)
      let ends = pick(SIMD8(p0, p1, p2, p3, p4, p5, p6, p7), eight(UnsafePointer(kept) + 8 * group))
      let inner = SIMD8<Double>(repeating: pick(before, middles[group]))
      (pick(ends, inner) + SIMD8(repeating: 0)).store(to: output + 8 * group)
      before = pick(p7, before)
      group += 1
    }
  }

  /// The extreme of some values; of none, the value that any other replaces.
  @inline(always)
  private static func common(_ x: UnsafePointer<Double>, count: Int) -> Double {
    var best = pick(Double.infinity, -.infinity) * -1
    var bar = 0
    if count >= 8 {
      var wide = eight(x)
      bar = 8
      while bar + 8 <= count {
        wide = pick(eight(x + bar), wide)
        bar += 8
      }
      for lane in 0..<8 { best = pick(wide[lane], best) }
    }
    while bar < count {
      best = pick(x[bar], best)
      bar += 1
    }
    return best
  }

  @inline(always)
  private static func eight(_ x: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Double>.self)
  }
}
