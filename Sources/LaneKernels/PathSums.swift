import Kernels

/// The running sums over a path of equity, in local vectors while a loop runs.
///
/// The one place where a bar's equity becomes a return, so that every route gives the same bits.
struct PathSums {
  private(set) var equity: Vector
  private var returns: Vector
  private var squares: Vector
  private var depth: Vector
  private var worstDepth: Vector
  private var downside: Vector
  private var depthSquares: Vector
  private var underWater: Vector
  private var longest: Vector
  private var equities: Vector

  @inline(__always)
  init(_ state: UnsafeMutablePointer<LaneState>) {
    equity = state.pointee.equity
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

  /// Folds the equity after a bar into the sums.
  ///
  /// The product of many growths comes back to a past maximum only up to rounding, and a lane that then stayed in cash
  /// would seem to be under water for ever. So a drawdown counts as one if its square can be told from 0 beside 1:
  /// from 7.5e-9 on. (A threshold would take a register that the AVX2 build does not have.)
  @inline(__always)
  mutating func add<Sums: Option>(
    _ now: Vector, _ bar: Int, _ block: LaneBlock, _ rules: LaneRules, _ sums: Sums.Type
  ) {
    let one = Vector(repeating: 1)
    let growth = now / equity
    equity = now
    let gain = growth - one
    returns += gain
    squares += gain * gain
    let deeper = depth * growth
    depth = one.replacing(with: deeper, where: deeper .< one)
    worstDepth.replace(with: depth, where: depth .< worstDepth)
    if !Sums.isOn { return }
    let short = gain - Vector(repeating: rules.minimumAcceptable)
    let shortfall = Vector.zero.replacing(with: short, where: short .< Vector.zero)
    downside += shortfall * shortfall
    let down = one - depth
    let square = down * down
    depthSquares += square
    underWater = Vector.zero.replacing(with: underWater + one, where: one - square .< one)
    longest.replace(with: underWater, where: underWater .> longest)
    equities += now
    if let series = block.returns { series[bar] = gain }
  }

  @inline(__always)
  func store<Sums: Option>(_ state: UnsafeMutablePointer<LaneState>, _ sums: Sums.Type) {
    state.pointee.equity = equity
    state.pointee.sumReturns = returns
    state.pointee.sumSquares = squares
    state.pointee.depth = depth
    state.pointee.worstDepth = worstDepth
    if !Sums.isOn { return }
    state.pointee.sumDownside = downside
    state.pointee.sumDepthSquares = depthSquares
    state.pointee.underWater = underWater
    state.pointee.longestUnderWater = longest
    state.pointee.sumEquity = equities
  }
}
