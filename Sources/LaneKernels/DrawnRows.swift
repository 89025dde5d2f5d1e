import CShims
import Kernels

/// Sums of eight series over drawn bars, sample by sample; each in the order of its bars, so that all variants give the same bits.
enum DrawnRows {
  @inline(never)
  static func run(_ block: DrawnRowBlock) {
    var sample = 0
    if block.isWhole {
      while sample < block.samples {
        whole(block, sample)
        sample += 1
      }
      return
    }
    // An addition waits for the one before, so that several samples go side by side where registers allow.
    #if FOUR_IN_FLIGHT
      while sample + 4 <= block.samples {
        four(block, sample)
        sample += 4
      }
    #endif
    while sample + 2 <= block.samples {
      two(block, sample)
      sample += 2
    }
    if sample < block.samples { one(block, sample) }
  }

  #if FOUR_IN_FLIGHT
    @inline(always)
    private static func four(_ block: DrawnRowBlock, _ sample: Int) {
      let returns = block.returns
      let (p, q) = (block.draws + sample * block.count, block.draws + (sample + 1) * block.count)
      let (s, t) = (
        block.draws + (sample + 2) * block.count, block.draws + (sample + 3) * block.count
      )
      let one = Vector(repeating: 1)
      var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
      var (a2, b2, c2, d2) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
      var (ga, gb, gc, gd) = (one, one, one, one)
      var bar = 0
      while bar < block.count {
        let u: Vector = apus_load(returns + Int(p[bar]) &* laneWidth)
        let v: Vector = apus_load(returns + Int(q[bar]) &* laneWidth)
        let w: Vector = apus_load(returns + Int(s[bar]) &* laneWidth)
        let x: Vector = apus_load(returns + Int(t[bar]) &* laneWidth)
        a += u
        b += v
        c += w
        d += x
        a2 += u * u
        b2 += v * v
        c2 += w * w
        d2 += x * x
        ga *= one + u
        gb *= one + v
        gc *= one + w
        gd *= one + x
        bar &+= 1
      }
      store(block, sample, a, a2, ga)
      store(block, sample + 1, b, b2, gb)
      store(block, sample + 2, c, c2, gc)
      store(block, sample + 3, d, d2, gd)
    }
  #endif

  @inline(always)
  private static func two(_ block: DrawnRowBlock, _ sample: Int) {
    let returns = block.returns
    let (p, q) = (block.draws + sample * block.count, block.draws + (sample + 1) * block.count)
    let one = Vector(repeating: 1)
    var (a, b, a2, b2) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var (ga, gb) = (one, one)
    var bar = 0
    while bar < block.count {
      let u: Vector = apus_load(returns + Int(p[bar]) &* laneWidth)
      let v: Vector = apus_load(returns + Int(q[bar]) &* laneWidth)
      a += u
      b += v
      a2 += u * u
      b2 += v * v
      ga *= one + u
      gb *= one + v
      bar &+= 1
    }
    store(block, sample, a, a2, ga)
    store(block, sample + 1, b, b2, gb)
  }

  @inline(always)
  private static func one(_ block: DrawnRowBlock, _ sample: Int) {
    let draws = block.draws + sample * block.count
    let one = Vector(repeating: 1)
    var (sum, squares, growth) = (Vector.zero, Vector.zero, one)
    var bar = 0
    while bar < block.count {
      let value: Vector = apus_load(block.returns + Int(draws[bar]) &* laneWidth)
      sum += value
      squares += value * value
      growth *= one + value
      bar &+= 1
    }
    store(block, sample, sum, squares, growth)
  }

  @inline(always)
  private static func whole(_ block: DrawnRowBlock, _ sample: Int) {
    let draws = block.draws + sample * block.count
    let (zero, one) = (Vector.zero, Vector(repeating: 1))
    let acceptable = Vector(repeating: block.acceptable)
    var (sum, squares, downside, growth, peak) = (zero, zero, zero, one, one)
    var (deepest, drawdowns, below, longest, total) = (zero, zero, zero, zero, zero)
    var bar = 0
    while bar < block.count {
      let value: Vector = apus_load(block.returns + Int(draws[bar]) &* laneWidth)
      sum += value
      squares += value * value
      let over = value - acceptable
      let short = over.replacing(with: zero, where: over .> zero)
      downside += short * short
      growth *= one + value
      total += growth
      let isBelow = growth .< peak
      peak = growth.replacing(with: peak, where: isBelow)
      let drawdown = growth / peak - one
      deepest = deepest.replacing(with: drawdown, where: drawdown .< deepest)
      drawdowns += drawdown * drawdown
      below = zero.replacing(with: below + one, where: isBelow)
      longest = longest.replacing(with: below, where: below .> longest)
      bar &+= 1
    }
    store(block, sample, sum, squares, growth)
    let sums = block.sums + sample * DrawnRowBlock.figures
    sums[3] = downside
    sums[4] = deepest
    sums[5] = drawdowns
    sums[6] = longest
    sums[7] = total
  }

  @inline(always)
  private static func store(
    _ block: DrawnRowBlock, _ sample: Int, _ sum: Vector, _ squares: Vector, _ growth: Vector
  ) {
    let sums = block.sums + sample * DrawnRowBlock.figures
    sums[0] = sum
    sums[1] = squares
    sums[2] = growth
  }
}
