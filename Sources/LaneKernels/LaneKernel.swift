import Kernels

/// The bar loop of the engine: eight lanes a vector, one block of bars at a time.
///
/// Two routes give the same bits. `quietBars` handles bars in which no lane fills, decides or is stopped, which are
/// most; it keeps its state in local vectors. Any other bar goes to `busyBar`, which is the whole rule book.
/// This module is compiled once per instruction set, so it holds raw pointers and SIMD only: generic library code
/// would become weak symbols, and the linker might take those of a newer instruction set.
public enum LaneKernel {
  /// Simulates one block of bars for eight lanes.
  ///
  /// - Parameters:
  ///   - state: the eight lanes; updated.
  ///   - block: prices and signals.
  ///   - rules: what all lanes share.
  ///   - careful: sends every bar through `busyBar`, as a replay does.
  ///   - log: where the fills of the first lane go, or nil.
  @inline(never)
  public static func run(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules,
    careful: Bool, log: UnsafeMutablePointer<FillLog>?
  ) {
    let careful = careful || (rules.watchesLevels && rules.trailsBeforeCheck)
    var bar = 0
    var waits = anyNonZero(state.pointee.pending)
    while bar < block.count {
      if !waits && !careful {
        bar = quiet(state, block, rules, from: bar)
        if bar == block.count { return }
      }
      waits = busyBar(state, block, rules, bar, log)
      bar += 1
    }
  }

  /// Picks the quiet loop for what this run keeps.
  @inline(__always)
  static func quiet(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, from bar: Int
  ) -> Int {
    if rules.watchesLevels {
      return rules.keepsExtendedSums
        ? quietBars(state, block, rules, bar, Levels.self, Extended.self)
        : quietBars(state, block, rules, bar, Levels.self, Plain.self)
    }
    return rules.keepsExtendedSums
      ? quietBars(state, block, rules, bar, LongOnly.self, Extended.self)
      : quietBars(state, block, rules, bar, LongOnly.self, Plain.self)
  }

  /// Runs bars until one needs care; returns its index, or the block's count.
  ///
  /// The product of many growths comes back to a past maximum only up to rounding, and a lane that then stayed in cash
  /// would seem to be under water for ever. So a drawdown counts as one if its square can be told from 0 beside 1:
  /// from 7.5e-9 on. (A threshold would take a register that the AVX2 build does not have.)
  ///
  /// No lane can be ruined here: prices of a bar that trades are positive and lie within its high and low, a purchase
  /// leaves no debt, and a short position reaches its liquidation level before its equity is gone.
  @inline(never)
  static func quietBars<Watch: Option, Sums: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, _ from: Int,
    _ watch: Watch.Type, _ sums: Sums.Type
  ) -> Int {
    let cash = state.pointee.cash
    let units = state.pointee.units
    let flat = units .== Vector.zero
    let isLong = units .> Vector.zero
    let one = Vector(repeating: 1)
    let acceptable = Vector(repeating: rules.minimumAcceptable)
    var equity = state.pointee.equity
    var lower = state.pointee.lower
    var upper = state.pointee.upper
    let trailLong = state.pointee.trailLong
    let trailShort = state.pointee.trailShort
    var sumReturns = state.pointee.sumReturns
    var sumSquares = state.pointee.sumSquares
    var depth = state.pointee.depth
    var worstDepth = state.pointee.worstDepth
    var sumDownside = state.pointee.sumDownside
    var sumDepthSquares = state.pointee.sumDepthSquares
    var underWater = state.pointee.underWater
    var longest = state.pointee.longestUnderWater
    var sumEquity = state.pointee.sumEquity

    var bar = from
    while bar < block.count {
      var wanted = block.signals.longExit[bar]
      if Watch.isOn {
        wanted.replace(with: block.signals.shortExit[bar], where: .!isLong)
        wanted.replace(
          with: block.signals.longEntry[bar] + block.signals.shortEntry[bar], where: flat)
        let low = Vector(repeating: block.low[bar])
        let high = Vector(repeating: block.high[bar])
        wanted.replace(with: one, where: low .<= lower)
        wanted.replace(with: one, where: high .>= upper)
      } else {
        wanted.replace(with: block.signals.longEntry[bar], where: flat)
      }
      if anyNonZero(wanted) || block.fillable[bar] == 0 { break }

      if Watch.isOn {
        let raised = Vector(repeating: block.high[bar]) * trailLong
        lower.replace(with: raised, where: raised .> lower)
        let lowered = Vector(repeating: block.low[bar]) * trailShort
        upper.replace(with: lowered, where: lowered .< upper)
      }
      let now = cash + units * Vector(repeating: block.mark[bar])
      let growth = now / equity
      equity = now
      let gain = growth - one
      sumReturns += gain
      sumSquares += gain * gain
      let deeper = depth * growth
      depth = one.replacing(with: deeper, where: deeper .< one)
      worstDepth.replace(with: depth, where: depth .< worstDepth)
      if Sums.isOn {
        let short = gain - acceptable
        let shortfall = Vector.zero.replacing(with: short, where: short .< Vector.zero)
        sumDownside += shortfall * shortfall
        let down = one - depth
        let square = down * down
        sumDepthSquares += square
        underWater = Vector.zero.replacing(with: underWater + one, where: one - square .< one)
        longest.replace(with: underWater, where: underWater .> longest)
        sumEquity += now
        if let returns = block.returns { returns[bar] = gain }
      }
      bar += 1
    }

    state.pointee.equity = equity
    state.pointee.lower = lower
    state.pointee.upper = upper
    state.pointee.sumReturns = sumReturns
    state.pointee.sumSquares = sumSquares
    state.pointee.depth = depth
    state.pointee.worstDepth = worstDepth
    state.pointee.sumDownside = sumDownside
    state.pointee.sumDepthSquares = sumDepthSquares
    state.pointee.underWater = underWater
    state.pointee.longestUnderWater = longest
    state.pointee.sumEquity = sumEquity
    return bar
  }
}

/// A choice that the compiler makes, so that the loop holds no branch for it.
protocol Option {
  static var isOn: Bool { get }
}
enum Levels: Option { @inline(__always) static var isOn: Bool { true } }
enum LongOnly: Option { @inline(__always) static var isOn: Bool { false } }
enum Extended: Option { @inline(__always) static var isOn: Bool { true } }
enum Plain: Option { @inline(__always) static var isOn: Bool { false } }

/// Whether any of eight numbers differs from zero.
@inline(__always)
func anyNonZero(_ x: Vector) -> Bool {
  let bits = unsafeBitCast(x, to: SIMD8<UInt64>.self)
  let four = bits.lowHalf | bits.highHalf
  let two = four.lowHalf | four.highHalf
  return two[0] | two[1] != 0
}

/// Whether a mask holds for any lane.
@inline(__always)
func anyLane(_ mask: SIMDMask<SIMD8<Int64>>) -> Bool {
  anyNonZero(Vector.zero.replacing(with: Vector(repeating: 1), where: mask))
}
