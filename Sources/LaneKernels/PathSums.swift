import Kernels

/// The running sums over a path of equity, in local vectors while a loop runs.
///
/// The one place where a bar's growth becomes a return, so that every route gives the same bits.
struct PathSums {
  private var returns: Vector
  private var squares: Vector
  private var depth: Vector
  private var worstDepth: Vector
  private var downside: Vector
  private var depthSquares: Vector
  private var underWater: Vector
  private var longest: Vector
  private var equities: Vector

  @inline(always)
  init(_ state: UnsafeMutablePointer<LaneState>) {
    returns = state.pointee.sumReturns
    squares = state.pointee.sumSquares
    depth = state.pointee.depth
    worstDepth = state.pointee.worstDepth
    downside = state.pointee.sumDownside
    depthSquares = state.pointee.sumDepthSquares
    underWater = state.pointee.underWater
    longest = state.pointee.longestUnderWater
    equities = state.pointee.sumEquity
  }

  /// Folds a bar's growth, one plus its return, into the sums.
  @inline(always)
  mutating func add(_ growth: Vector) {
    let one = Vector(repeating: 1)
    let gain = growth - one
    returns += gain
    squares += gain * gain
    let deeper = depth * growth
    depth = one.replacing(with: deeper, where: deeper .< one)
    worstDepth.replace(with: depth, where: depth .< worstDepth)
  }

  /// Folds the growth of a bar, for which gain and square were worked out before, into the sums of some lanes; the
  /// others neither gain nor lose.
  @inline(always)
  mutating func add(_ growth: Double, gain: Double, square: Double, where lanes: Mask) {
    let one = Vector(repeating: 1)
    returns.replace(with: returns + Vector(repeating: gain), where: lanes)
    squares.replace(with: squares + Vector(repeating: square), where: lanes)
    depth.replace(with: depth * Vector(repeating: growth), where: lanes)
    depth = one.replacing(with: depth, where: depth .< one)
    worstDepth.replace(with: depth, where: depth .< worstDepth)
  }

  /// Folds the same bar into the extended sums, after `add`.
  ///
  /// The product of many growths comes back to a past maximum only up to rounding, and a lane that then stayed in cash
  /// would seem to be under water for ever. So a drawdown counts as one if its square can be told from 0 beside 1:
  /// from 7.5e-9 on. (A threshold would take a register that the AVX2 build does not have.)
  @inline(always)
  mutating func extend(
    _ growth: Vector, _ equity: Vector, _ bar: Int, _ block: VectorBlock, _ rules: LaneRules
  ) {
    extend(growth, equity, rules.minimumAcceptable)
    if let series = block.returns { series[bar] = growth - Vector(repeating: 1) }
  }

  @inline(always)
  mutating func extend(_ growth: Vector, _ equity: Vector, _ minimumAcceptable: Double) {
    let one = Vector(repeating: 1)
    let gain = growth - one
    let short = gain - Vector(repeating: minimumAcceptable)
    let shortfall = Vector.zero.replacing(with: short, where: short .< Vector.zero)
    downside += shortfall * shortfall
    let down = one - depth
    let square = down * down
    depthSquares += square
    underWater = Vector.zero.replacing(with: underWater + one, where: one - square .< one)
    longest.replace(with: underWater, where: underWater .> longest)
    equities += equity
  }

  @inline(always)
  func store<Extended: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ extended: Extended.Type
  ) {
    state.pointee.sumReturns = returns
    state.pointee.sumSquares = squares
    state.pointee.depth = depth
    state.pointee.worstDepth = worstDepth
    if !Extended.isOn { return }
    state.pointee.sumDownside = downside
    state.pointee.sumDepthSquares = depthSquares
    state.pointee.underWater = underWater
    state.pointee.longestUnderWater = longest
    state.pointee.sumEquity = equities
  }
}
