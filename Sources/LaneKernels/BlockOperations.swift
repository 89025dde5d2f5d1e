import Kernels

/// Elementwise functions over a block of bars, eight lanes or eight bars a vector.
public enum BlockOperations {
  /// Fills `output[0..<count]` with a function of one input.
  @inline(never)
  public static func unary(
    _ operation: UnaryOperation, _ x: BlockOperand, _ output: UnsafeMutablePointer<Vector>,
    _ count: Int
  ) {
    switch operation {
    case .negate: map(x, output, count) { -$0 }
    case .absolute:
      map(x, output, count) { $0.replacing(with: -$0, where: $0 .< Vector.zero) + Vector.zero }
    case .squareRoot: map(x, output, count) { $0.squareRoot() }
    case .isDefined: map(x, output, count) { flag($0 .== $0) }
    case .logarithm, .exponential:
      map(x, output, count) { value in
        var result = value
        for lane in 0..<laneWidth { result[lane] = operation.apply(value[lane]) }
        return result
      }
    }
  }

  /// Fills `output[0..<count]` with a function of two inputs.
  @inline(never)
  public static func binary(
    _ operation: BinaryOperation, _ a: BlockOperand, _ b: BlockOperand,
    _ output: UnsafeMutablePointer<Vector>, _ count: Int
  ) {
    switch operation {
    case .add: map(a, b, output, count) { $0 + $1 }
    case .subtract: map(a, b, output, count) { $0 - $1 }
    case .multiply: map(a, b, output, count) { $0 * $1 }
    case .divide: map(a, b, output, count) { $0 / $1 }
    case .power:
      map(a, b, output, count) { x, y in
        var result = x
        for lane in 0..<laneWidth { result[lane] = operation.apply(x[lane], y[lane]) }
        return result
      }
    case .minimum:
      map(a, b, output, count) {
        undefined($0, $1, $0.replacing(with: $1, where: $1 .< $0))
      }
    case .maximum:
      map(a, b, output, count) {
        undefined($0, $1, $0.replacing(with: $1, where: $1 .> $0))
      }
    case .less: map(a, b, output, count) { flag($0 .< $1) }
    case .lessOrEqual: map(a, b, output, count) { flag($0 .<= $1) }
    case .greater: map(a, b, output, count) { flag($0 .> $1) }
    case .greaterOrEqual: map(a, b, output, count) { flag($0 .>= $1) }
    case .equal: map(a, b, output, count) { flag($0 .== $1) }
    case .notEqual: map(a, b, output, count) { flag(($0 .< $1) .| ($0 .> $1)) }
    case .and:
      map(a, b, output, count) { flag(($0 .!= Vector.zero) .& ($1 .!= Vector.zero)) }
    case .or:
      map(a, b, output, count) { flag(($0 .!= Vector.zero) .| ($1 .!= Vector.zero)) }
    }
  }

  /// Fills `output[0..<count]` with `a` where `condition` is not zero, else with `b`.
  @inline(never)
  public static func select(
    _ condition: BlockOperand, _ a: BlockOperand, _ b: BlockOperand,
    _ output: UnsafeMutablePointer<Vector>, _ count: Int
  ) {
    for bar in 0..<count {
      output[bar] = load(b, bar).replacing(
        with: load(a, bar), where: load(condition, bar) .!= Vector.zero)
    }
  }

  /// Crossings of `a` and `b`.
  ///
  /// `side` is 1, -1 or 0 (never differed) and is carried between blocks.
  @inline(never)
  public static func crosses(
    _ kind: CrossKind, _ a: BlockOperand, _ b: BlockOperand, _ side: UnsafeMutablePointer<Vector>,
    _ output: UnsafeMutablePointer<Vector>, _ count: Int
  ) {
    if kind.isNegated {
      var last = side.pointee
      for bar in 0..<count {
        let x = kind.isAbove ? load(a, bar) : load(b, bar)
        let y = kind.isAbove ? load(b, bar) : load(a, bar)
        let crossed = (x .> y) .& (last .< Vector.zero)
        output[bar] = flag((x .== x) .& (y .== y) .& .!crossed)
        turn(&last, x, y)
      }
      side.pointee = last
    } else if kind.isAbove {
      rises(a, b, side, output, count)
    } else {
      rises(b, a, side, output, count)
    }
  }

  @inline(always)
  static func rises(
    _ a: BlockOperand, _ b: BlockOperand, _ side: UnsafeMutablePointer<Vector>,
    _ output: UnsafeMutablePointer<Vector>, _ count: Int
  ) {
    var last = side.pointee
    map(a, b, output, count) { x, y in
      let crossed = Vector.zero.replacing(
        with: Vector.zero.replacing(with: Vector(repeating: 1), where: last .< Vector.zero),
        where: x .> y)
      turn(&last, x, y)
      return crossed
    }
    side.pointee = last
  }

  @inline(always)
  static func turn(_ last: inout Vector, _ x: Vector, _ y: Vector) {
    last.replace(with: Vector(repeating: 1), where: x .> y)
    last.replace(with: Vector(repeating: -1), where: x .< y)
  }

  /// Bars since `condition` was last not zero; NaN before the first time.
  @inline(never)
  public static func barsSince(
    _ condition: BlockOperand, _ since: UnsafeMutablePointer<Vector>,
    _ output: UnsafeMutablePointer<Vector>, _ count: Int
  ) {
    var last = since.pointee
    map(condition, output, count) {
      last = (last + Vector(repeating: 1)).replacing(with: Vector.zero, where: $0 .!= Vector.zero)
      return last
    }
    since.pointee = last
  }

  /// Interleaves eight series into lanes.
  @inline(never)
  public static func interleave(
    _ series: UnsafePointer<UnsafePointer<Double>>, _ output: UnsafeMutablePointer<Vector>,
    _ count: Int
  ) {
    let s0 = series[0]
    let s1 = series[1]
    let s2 = series[2]
    let s3 = series[3]
    let s4 = series[4]
    let s5 = series[5]
    let s6 = series[6]
    let s7 = series[7]
    for bar in 0..<count {
      output[bar] = Vector(
        s0[bar], s1[bar], s2[bar], s3[bar], s4[bar], s5[bar], s6[bar], s7[bar])
    }
  }

  // MARK: - Loops

  @inline(always)
  static func load(_ operand: BlockOperand, _ bar: Int) -> Vector {
    if let series = operand.series { return Vector(repeating: series[bar]) }
    if let lanes = operand.lanes { return lanes[bar * operand.step] }
    return Vector(repeating: .nan)
  }

  @inline(always)
  static func map(
    _ x: BlockOperand, _ output: UnsafeMutablePointer<Vector>, _ count: Int,
    _ function: (Vector) -> Vector
  ) {
    if let series = x.series {
      for bar in 0..<count { output[bar] = function(Vector(repeating: series[bar])) }
    } else if let lanes = x.lanes {
      for bar in 0..<count { output[bar] = function(lanes[bar * x.step]) }
    }
  }

  @inline(always)
  static func map(
    _ a: BlockOperand, _ b: BlockOperand, _ output: UnsafeMutablePointer<Vector>, _ count: Int,
    _ function: (Vector, Vector) -> Vector
  ) {
    if let x = a.lanes, let y = b.lanes {
      for bar in 0..<count { output[bar] = function(x[bar * a.step], y[bar * b.step]) }
    } else if let x = a.series, let y = b.lanes {
      for bar in 0..<count { output[bar] = function(Vector(repeating: x[bar]), y[bar * b.step]) }
    } else if let x = a.lanes, let y = b.series {
      for bar in 0..<count { output[bar] = function(x[bar * a.step], Vector(repeating: y[bar])) }
    } else if let x = a.series, let y = b.series {
      for bar in 0..<count {
        output[bar] = function(Vector(repeating: x[bar]), Vector(repeating: y[bar]))
      }
    }
  }

  @inline(always)
  static func flag(_ mask: SIMDMask<SIMD8<Int64>>) -> Vector {
    Vector.zero.replacing(with: Vector(repeating: 1), where: mask)
  }

  /// NaN where either input is NaN, else `result`.
  @inline(always)
  static func undefined(_ a: Vector, _ b: Vector, _ result: Vector) -> Vector {
    result.replacing(with: Vector(repeating: .nan), where: (a .!= a) .| (b .!= b))
  }
}
