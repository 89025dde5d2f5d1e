import Kernels

/// Conditions of eight lanes over a block, as one byte of a bundle's word for each bar.
///
/// Outputs are bytes eight apart, so that the eight vectors of a bundle fill its words.
public enum ConditionBits {
  /// A comparison of two inputs; false where either is NaN.
  @inline(never)
  public static func compare(
    _ operation: BitComparison, _ a: BlockOperand, _ b: BlockOperand,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    switch operation {
    case .less: each(a, b, count) { output[$0 &* 8] = bits($1 .< $2) }
    case .lessOrEqual: each(a, b, count) { output[$0 &* 8] = bits($1 .<= $2) }
    case .greater: each(a, b, count) { output[$0 &* 8] = bits($1 .> $2) }
    case .greaterOrEqual: each(a, b, count) { output[$0 &* 8] = bits($1 .>= $2) }
    case .equal: each(a, b, count) { output[$0 &* 8] = bits($1 .== $2) }
    case .notEqual: each(a, b, count) { output[$0 &* 8] = bits(($1 .< $2) .| ($1 .> $2)) }
    case .areDefined: each(a, b, count) { output[$0 &* 8] = bits(($1 .== $1) .& ($2 .== $2)) }
    }
  }

  /// Where `a` is above `b`, and where it is below.
  @inline(never)
  public static func order(
    _ a: BlockOperand, _ b: BlockOperand, _ above: UnsafeMutablePointer<UInt8>,
    _ below: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    each(a, b, count) {
      above[$0 &* 8] = bits($1 .> $2)
      below[$0 &* 8] = bits($1 .< $2)
    }
  }

  @inline(always)
  private static func each(
    _ a: BlockOperand, _ b: BlockOperand, _ count: Int, _ body: (Int, Vector, Vector) -> Void
  ) {
    if let x = a.series, let y = b.lanes {
      if b.step == 1 {
        for bar in 0..<count { body(bar, Vector(repeating: x[bar]), y[bar]) }
      } else {
        let constant = y[0]
        for bar in 0..<count { body(bar, Vector(repeating: x[bar]), constant) }
      }
    } else if let x = a.lanes, let y = b.series {
      for bar in 0..<count { body(bar, x[bar &* a.step], Vector(repeating: y[bar])) }
    } else if let x = a.lanes, let y = b.lanes {
      for bar in 0..<count { body(bar, x[bar &* a.step], y[bar &* b.step]) }
    } else if let x = a.series, let y = b.series {
      for bar in 0..<count { body(bar, Vector(repeating: x[bar]), Vector(repeating: y[bar])) }
    }
  }
}
