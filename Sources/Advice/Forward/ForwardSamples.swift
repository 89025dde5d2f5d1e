import Kernels
import Risk

/// What became of accounts and sums on each path: `[accounts + sums, paths]`.
public final class ForwardSamples: @unchecked Sendable {
  // Safe as every place is written once, by the worker whose path it is, and read after all of them have ended.
  private let values: AlignedBuffer<Double>
  private let depths: AlignedBuffer<Double>
  private let fell: AlignedBuffer<Bool>
  private let paths: Int
  /// What was there at the beginning and was paid in, at today's rates: `[accounts + sums]`.
  public let paid: [Double]
  private let isRandom: Bool
  private let hasFloor: Bool

  init(_ run: ForwardRun) {
    paths = run.paths.count
    isRandom = run.paths.isRandom
    hasFloor = !run.plan.floor.isNaN
    let count = (run.accounts.count + run.groupCount) * paths
    values = AlignedBuffer(repeating: 0, count: count)
    depths = AlignedBuffer(repeating: 0, count: count)
    fell = AlignedBuffer(repeating: false, count: count)
    let payments = run.plan.contribution * Double(run.plan.contributions(over: run.paths.bars))
    paid =
      run.accounts.map { $0.equity + payments }
      + (0..<run.groupCount).map { group in
        run.groupEquity[group]
          + zip(run.payers[group], run.rates).reduce(0) { $0 + Double($1.0) * payments * $1.1 }
      }
  }

  func put(_ row: Int, _ path: Int, _ end: ForwardEnd, _ floor: Double) {
    let place = row * paths + path
    values.base[place] = end.value
    depths.base[place] = end.depth
    fell.base[place] = end.least <= floor
  }

  /// What a row is worth at the end of each path, in its currency.
  public func values(of row: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: values.base + row * paths, count: paths))
  }

  /// Its worst fall on each path, without the influence of payments, 0 to −1.
  public func drawdowns(of row: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: depths.base + row * paths, count: paths))
  }

  /// Figures of a row.
  ///
  /// - Parameters:
  ///   - maxDrawdown: a positive fraction that falls shall not exceed; NaN for none.
  ///   - first: number of paths that count, from the first on; nil for all.
  public func figures(
    of row: Int, maxDrawdown: Double = .nan, first: Int? = nil
  ) -> ForwardFigures {
    let count = min(first ?? paths, paths)
    let fell = hasFloor ? (0..<count).count { self.fell.base[row * paths + $0] } : nil
    return ForwardFigures(
      values: Array(values(of: row)[..<count]), drawdowns: Array(drawdowns(of: row)[..<count]),
      paid: paid[row], maxDrawdown: maxDrawdown, fell: fell, isRandom: isRandom)
  }
}
