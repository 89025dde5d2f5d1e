import Kernels

/// How many bars in a row were known up to now: where windows are full.
struct KnownBars {
  /// Bars in a window.
  let window: Int
  /// Known bars in a row before the next one.
  var run = 0

  init(window: Int) { self.window = window }
}

/// An indicator over the last bars of its inputs, all of which must be known: NaN and infinity are missing.
///
/// A formula meets full windows only, so it needs no care for gaps. It may group bars by their place in the run, which
/// no cut into blocks moves, but by nothing else that rounding could show.
protocol FullWindowIndicator: Indicator {
  /// The state.
  var known: KnownBars { get set }

  /// Fills `output[0..<count]` for bars from `start` of the block, whose windows hold known values only.
  ///
  /// - Parameters:
  ///   - place: full windows of the run before this one.
  ///   - count: 1 to `fullWindowBars`.
  func fill(
    _ inputs: [SeriesBlock], from start: Int, place: Int,
    into output: UnsafeMutablePointer<Double>, count: Int)
}

/// Most bars that a formula over full windows is asked for at a time, which bounds what it keeps aside.
let fullWindowBars = laneBlockBars

extension FullWindowIndicator {
  var lookback: Int { known.window - 1 }
  var warmup: Int { lookback }

  @inline(__always)
  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    var bar = 0
    while bar < count {
      var stretch = count - bar
      for input in inputs { stretch = knownBars(input, from: bar, limit: stretch) }
      let end = bar + stretch
      var full = min(end, bar + max(0, known.window - 1 - known.run))
      (output + bar).update(repeating: .nan, count: full - bar)
      while full < end {
        let piece = min(end - full, fullWindowBars)
        fill(
          inputs, from: full, place: known.run + (full - bar) - (known.window - 1),
          into: output + full, count: piece)
        full += piece
      }
      known.run += stretch
      bar = end
      if bar < count {
        output[bar] = .nan
        known.run = 0
        bar += 1
      }
    }
  }
}

/// The number of known values from a bar to the first that isn't, at most `limit`.
@inline(never)
func knownBars(_ x: SeriesBlock, from start: Int, limit: Int) -> Int {
  var known = 0
  while known + 8 <= limit {
    let values = x.vector(at: start + known)
    // 0, or NaN where a value is NaN or infinite; two at a time, which any processor adds at once.
    let zeros = values - values
    let four = zeros.lowHalf + zeros.highHalf
    let two = four.lowHalf + four.highHalf
    guard two[0] + two[1] == 0 else { break }
    known += 8
  }
  while known < limit, x[start + known].isFinite { known += 1 }
  return known
}
