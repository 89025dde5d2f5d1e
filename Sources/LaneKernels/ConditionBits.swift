import CShims
import Kernels

/// Conditions of eight lanes over a block, one byte a bar, a bit for each lane.
public enum ConditionBits {
  /// A comparison of two inputs; false where either is NaN.
  @inline(never)
  public static func compare(
    _ operation: BitComparison, _ a: BlockOperand, _ b: BlockOperand,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    if let x = a.series, let y = b.series {
      alike(operation, x, y, output, count)
      return
    }
    switch operation {
    case .less: each(a, b, count) { output[$0] = bits($1 .< $2) }
    case .lessOrEqual: each(a, b, count) { output[$0] = bits($1 .<= $2) }
    case .greater: each(a, b, count) { output[$0] = bits($1 .> $2) }
    case .greaterOrEqual: each(a, b, count) { output[$0] = bits($1 .>= $2) }
    case .equal: each(a, b, count) { output[$0] = bits($1 .== $2) }
    case .notEqual: each(a, b, count) { output[$0] = bits(($1 .< $2) .| ($1 .> $2)) }
    case .areDefined: each(a, b, count) { output[$0] = bits(($1 .== $1) .& ($2 .== $2)) }
    }
  }

  /// Where `a` is above `b`, and where it is below.
  @inline(never)
  public static func order(
    _ a: BlockOperand, _ b: BlockOperand, _ above: UnsafeMutablePointer<UInt8>,
    _ below: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    each(a, b, count) {
      above[$0] = bits($1 .> $2)
      below[$0] = bits($1 .< $2)
    }
  }

  /// A comparison that is the same for all lanes.
  @inline(always)
  private static func alike(
    _ operation: BitComparison, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    switch operation {
    case .less: for bar in 0..<count { output[bar] = x[bar] < y[bar] ? 255 : 0 }
    case .lessOrEqual: for bar in 0..<count { output[bar] = x[bar] <= y[bar] ? 255 : 0 }
    case .greater: for bar in 0..<count { output[bar] = x[bar] > y[bar] ? 255 : 0 }
    case .greaterOrEqual: for bar in 0..<count { output[bar] = x[bar] >= y[bar] ? 255 : 0 }
    case .equal: for bar in 0..<count { output[bar] = x[bar] == y[bar] ? 255 : 0 }
    case .notEqual:
      for bar in 0..<count { output[bar] = x[bar] < y[bar] || x[bar] > y[bar] ? 255 : 0 }
    case .areDefined:
      for bar in 0..<count { output[bar] = x[bar] == x[bar] && y[bar] == y[bar] ? 255 : 0 }
    }
  }

  /// Puts the bytes of eight vectors side by side, as the words of a bundle.
  ///
  /// Columns and words have room for 15 bars more.
  @inline(never)
  public static func words(
    _ columns: UnsafePointer<UnsafePointer<UInt8>>, _ output: UnsafeMutablePointer<UInt64>,
    _ count: Int
  ) {
    let (c0, c1, c2, c3) = (columns[0], columns[1], columns[2], columns[3])
    let (c4, c5, c6, c7) = (columns[4], columns[5], columns[6], columns[7])
    var bar = 0
    while bar < count {
      let (a0, a1) = (load(c0, bar), load(c1, bar))
      let (a2, a3) = (load(c2, bar), load(c3, bar))
      let (a4, a5) = (load(c4, bar), load(c5, bar))
      let (a6, a7) = (load(c6, bar), load(c7, bar))
      half(
        apus_zip_low(a0, a4), apus_zip_low(a1, a5), apus_zip_low(a2, a6), apus_zip_low(a3, a7),
        output + bar)
      half(
        apus_zip_high(a0, a4), apus_zip_high(a1, a5), apus_zip_high(a2, a6),
        apus_zip_high(a3, a7), output + bar + 8)
      bar &+= 16
    }
  }

  @inline(always)
  private static func load(_ column: UnsafePointer<UInt8>, _ bar: Int) -> SIMD16<UInt8> {
    UnsafeRawPointer(column + bar).loadUnaligned(as: SIMD16<UInt8>.self)
  }

  /// Eight bars of four pairs of vectors.
  @inline(always)
  private static func half(
    _ p04: SIMD16<UInt8>, _ p15: SIMD16<UInt8>, _ p26: SIMD16<UInt8>, _ p37: SIMD16<UInt8>,
    _ output: UnsafeMutablePointer<UInt64>
  ) {
    let to = UnsafeMutableRawPointer(output)
    let (even, odd) = (apus_zip_low(p04, p26), apus_zip_low(p15, p37))
    to.storeBytes(of: apus_zip_low(even, odd), as: SIMD16<UInt8>.self)
    to.storeBytes(of: apus_zip_high(even, odd), toByteOffset: 16, as: SIMD16<UInt8>.self)
    let (even2, odd2) = (apus_zip_high(p04, p26), apus_zip_high(p15, p37))
    to.storeBytes(of: apus_zip_low(even2, odd2), toByteOffset: 32, as: SIMD16<UInt8>.self)
    to.storeBytes(of: apus_zip_high(even2, odd2), toByteOffset: 48, as: SIMD16<UInt8>.self)
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
