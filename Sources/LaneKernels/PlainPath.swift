import Kernels

/// One vector on its way through a block.
struct PlainPath {
  var sums: PathSums
  /// Units while held, else cash.
  private var wealth: Vector
  private let held, entered, left, fills: LaneBytes

  @inline(always)
  init(_ state: UnsafeMutablePointer<LaneState>, _ position: Position, _ vector: Int) {
    sums = PathSums(state)
    wealth = state.pointee.units.replacing(
      with: state.pointee.cash, where: state.pointee.units .== Vector.zero)
    held = LaneBytes(position.held, vector: vector)
    entered = LaneBytes(position.entered, vector: vector)
    left = LaneBytes(position.left, vector: vector)
    fills = LaneBytes(position.fills, vector: vector)
  }

  /// Goes through the bars of a group.
  @inline(always)
  mutating func go(from start: Int, to end: Int, _ prices: PricePointers) {
    if fills[start / Position.group] != 0 {
      for bar in start..<end { _ = step(bar, prices) }
      return
    }
    let lanes = held[start]
    if lanes == 0 { return }
    let isHeld = mask(lanes)
    for bar in start..<end {
      sums.add(
        prices.held[bar], gain: prices.heldGain[bar], square: prices.heldSquare[bar],
        where: isHeld)
    }
  }

  /// Goes one bar on; returns its growth.
  @inline(always)
  mutating func step(_ bar: Int, _ prices: PricePointers) -> Vector {
    let isBuy = mask(entered[bar])
    let isSale = mask(left[bar])
    var growth = Vector(repeating: 1)
    growth.replace(with: Vector(repeating: prices.held[bar]), where: mask(held[bar]))
    growth.replace(with: Vector(repeating: prices.entered[bar]), where: isBuy)
    growth.replace(with: Vector(repeating: prices.left[bar]), where: isSale)
    wealth.replace(with: wealth * Vector(repeating: prices.unitsPerCash[bar]), where: isBuy)
    wealth.replace(with: wealth * Vector(repeating: prices.cashPerUnit[bar]), where: isSale)
    sums.add(growth)
    return growth
  }

  /// Equity after a bar.
  @inline(always)
  func equity(_ bar: Int, _ prices: PricePointers) -> Vector {
    let owns = mask(held[bar] | entered[bar])
    return wealth.replacing(with: wealth * Vector(repeating: prices.mark[bar]), where: owns)
  }

  @inline(always)
  func store<Extended: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ extended: Extended.Type
  ) {
    sums.store(state, extended)
    let last = block.count - 1
    let owns = mask(held[last] | entered[last])
    state.pointee.units = Vector.zero.replacing(with: wealth, where: owns)
    state.pointee.cash = wealth.replacing(with: Vector.zero, where: owns)
    state.pointee.equity = equity(last, block.prices)
  }
}
