import CShims
import Kernels

/// Symbols and portfolios on eight paths.
enum PathLanes {
  /// Growths of symbols from normal numbers; see `PathMixture`.
  @inline(never)
  static func growths(
    _ mixture: PathMixture, _ steps: Int, _ normals: UnsafePointer<Vector>,
    _ scales: UnsafePointer<Vector>?, _ output: UnsafeMutablePointer<Vector>
  ) {
    let symbols = mixture.symbols
    for step in 0..<steps {
      let z = normals + step &* symbols
      let scale = scales.map { $0[step] } ?? Vector(repeating: 1)
      var first = 0
      while first < symbols {
        let count = min(4, symbols &- first)
        let row = mixture.lower + first &* symbols
        // Rows beyond the last are the last once more.
        let (r1, r2, r3) = (
          row + min(1, count &- 1) &* symbols, row + min(2, count &- 1) &* symbols,
          row + min(3, count &- 1) &* symbols
        )
        var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
        // Above the diagonal are zeros: adding them changes nothing.
        for column in 0..<(first &+ count) {
          let number = z[column]
          a += number * row[column]
          b += number * r1[column]
          c += number * r2[column]
          d += number * r3[column]
        }
        let mean = mixture.mean + first
        let to = output + (step &* symbols &+ first)
        to[0] = growth(a * scale + mean[0], mixture.isLog)
        if count > 1 { to[1] = growth(b * scale + mean[1], mixture.isLog) }
        if count > 2 { to[2] = growth(c * scale + mean[2], mixture.isLog) }
        if count > 3 { to[3] = growth(d * scale + mean[3], mixture.isLog) }
        first &+= count
      }
    }
  }

  /// Growths of symbols at rows of a table.
  @inline(never)
  static func gather(
    _ rows: UnsafePointer<SIMD8<UInt64>>, _ steps: Int, _ table: UnsafePointer<Double>,
    _ symbols: Int, _ output: UnsafeMutablePointer<Vector>
  ) {
    for step in 0..<steps {
      let places = rows[step] &* SIMD8(repeating: UInt64(symbols))
      let to = output + step &* symbols
      for symbol in 0..<symbols { to[symbol] = RowLanes.gather(table + symbol, places) }
    }
  }

  /// Portfolios over bars; see `HeldPortfolios`.
  @inline(never)
  static func hold(
    _ portfolios: HeldPortfolios, _ first: Int, _ steps: Int, _ growths: UnsafePointer<Vector>,
    _ since: UnsafeMutablePointer<Vector>, _ states: UnsafeMutablePointer<PathState>
  ) {
    let symbols = portfolios.symbols
    for step in 0..<steps {
      if portfolios.every > 0, (first &+ step) % portfolios.every == 0 {
        for symbol in 0..<symbols { since[symbol] = Vector(repeating: 1) }
        for index in 0..<portfolios.count { states[index].base = states[index].value }
      }
      let growth = growths + step &* symbols
      for symbol in 0..<symbols { since[symbol] *= growth[symbol] }
      for index in 0..<portfolios.count {
        let weights = portfolios.weights + index &* symbols
        var (even, odd) = (Vector(repeating: portfolios.cash[index]), Vector.zero)
        var symbol = 0
        while symbol &+ 1 < symbols {
          even += since[symbol] * weights[symbol]
          odd += since[symbol &+ 1] * weights[symbol &+ 1]
          symbol &+= 2
        }
        if symbol < symbols { even += since[symbol] * weights[symbol] }
        var state = states[index]
        record(&state, state.base * (even + odd))
        states[index] = state
      }
    }
  }

  /// A portfolio whose growth at each row is known.
  @inline(never)
  static func follow(
    _ rows: UnsafePointer<SIMD8<UInt64>>, _ steps: Int, _ growths: UnsafePointer<Double>,
    _ output: UnsafeMutablePointer<PathState>
  ) {
    var state = output[0]
    for step in 0..<steps {
      record(&state, state.value * RowLanes.gather(growths, rows[step]))
    }
    output[0] = state
  }

  /// What a portfolio's value after a bar does to its state.
  @inline(always)
  private static func record(_ state: inout PathState, _ found: Vector) {
    let isRuined = found .<= 0
    let value = found.replacing(with: 0, where: isRuined)
    state.base.replace(with: 0, where: isRuined)
    state.value = value
    state.peak.replace(with: value, where: value .> state.peak)
    state.least.replace(with: value, where: value .< state.least)
    let share = value / state.peak
    state.depth.replace(with: share, where: share .< state.depth)
    state.run = (state.run + 1).replacing(with: 0, where: value .>= state.peak)
    state.longest.replace(with: state.run, where: state.run .> state.longest)
  }

  @inline(always)
  private static func growth(_ x: Vector, _ isLog: Bool) -> Vector {
    if isLog { return exponential(x) }
    let sum = x + 1
    return sum.replacing(with: 0, where: sum .< 0)
  }

  /// e to the x, the bits of `DeterministicMath.exp`; x beyond ±700 counts as ±700.
  @inline(always)
  static func exponential(_ x: Vector) -> Vector {
    let least = x.replacing(with: -700, where: x .< -700)
    let x = least.replacing(with: 700, where: least .> 700)
    let shifted = x * 1.4426950408889634 + 0x1.8p52
    let k = shifted - 0x1.8p52
    let r = (x - k * NormalSeries.ln2High) - k * NormalSeries.ln2Low
    var sum = Vector(repeating: 1.0 / 6_227_020_800) * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    sum = r + r * r * sum
    // The low bits of a number near 1.5 · 2⁵² are k: they become the exponent.
    let power = unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &<< 52
    let one = unsafeBitCast(Vector(repeating: 1), to: SIMD8<UInt64>.self)
    return (sum + 1) * unsafeBitCast(power &+ one, to: Vector.self)
  }

  /// √((ν − 2) / χ²) of pairs of steps, for χ² with ν degrees of freedom: what makes normal numbers Student's t of variance 1.
  ///
  /// Attempt a takes the first two normal numbers of block `(draw 16 + 2a, pair)`, symbol 2³² − 1, and uniform ones of draw
  /// 17 + 2a; the first that is not rejected counts.
  ///
  /// - Source: Marsaglia and Tsang, *A Simple Method for Generating Gamma Variables* (2000).
  @inline(never)
  static func studentScales(
    _ seed: UInt64, _ path: UInt32, _ first: Int, _ pairs: Int, _ freedom: Double,
    _ output: UnsafeMutablePointer<Vector>
  ) {
    let streams = PhiloxLanes.streams(from: path)
    let d = freedom / 2 - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    for pair in 0..<pairs {
      let step = PhiloxLanes.Words(repeating: UInt64(UInt32(truncatingIfNeeded: first &+ pair)))
      var (left, right) = (Vector.zero, Vector.zero)
      var attempt: UInt64 = 0
      // One attempt of fifty is rejected at most, so 64 of them never are.
      while attempt < 64 {
        let common = PhiloxLanes.lowHalf
        let words = PhiloxLanes.block(
          PhiloxLanes.Words(repeating: 16 &+ 2 &* attempt), step, common, streams, seed: seed)
        let other = PhiloxLanes.block(
          PhiloxLanes.Words(repeating: 17 &+ 2 &* attempt), step, common, streams, seed: seed)
        let numbers = NormalLanes.pair(PhiloxLanes.joined(words.0, words.1))
        let open = accept(&left, numbers.0, PhiloxLanes.uniforms(other.0, other.1), d, c)
        let open2 = accept(&right, numbers.1, PhiloxLanes.uniforms(other.2, other.3), d, c)
        if bits(open .| open2) == 0 { break }
        attempt &+= 1
      }
      // χ² is 2 · d · v.
      let top = Vector(repeating: (freedom - 2) / (2 * d))
      output[2 &* pair] = apus_square_roots(top / left)
      output[2 &* pair &+ 1] = apus_square_roots(top / right)
    }
  }

  /// Takes numbers that are accepted where there is none yet; returns where there is none still.
  @inline(always)
  private static func accept(
    _ found: inout Vector, _ x: Vector, _ uniform: Vector, _ d: Double, _ c: Double
  ) -> Mask {
    let base = x * c + 1
    let isPositive = base .> 0
    let safe = Vector(repeating: 1).replacing(with: base, where: isPositive)
    let v = safe * safe * safe
    let bound = 0.5 * (x * x) + d * ((1 - v) + 3 * NormalLanes.logarithm(safe))
    let isGood = isPositive .& (NormalLanes.logarithm(uniform) .< bound)
    found.replace(with: v, where: isGood .& (found .== 0))
    return found .== 0
  }
}
