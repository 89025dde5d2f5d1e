import CShims
import Kernels

/// Sample or exponentially weighted covariances over windows that move on, each from the one before.
///
/// Returns that enter are added and those that leave are taken off, all between two windows at once, which costs their number over
/// the window's of what a new estimate would. What rounding leaves stays below 1e-10 of the product of standard deviations, for
/// windows of up to 5,000 bars: sums begin anew when a window's worth of bars has come in, and when a symbol's squares have
/// become a hundredth of what they were.
///
/// - Complexity: N² times twice the bars between windows.
public struct RollingCovariance: Sendable {
  private let table: ReturnTable
  private let name: String
  private let lambda: Double?
  /// Bars that have all returns, in order.
  private let rows: [Int]
  /// `[R, N]`: their returns; for equal weights less the mean of each symbol.
  private let values: Matrix
  /// What the sums hold: places in `rows`.
  private var held = 0..<0
  /// Places that came in since the sums began, and whether others left.
  private var age = 0
  private var hasLost = false
  /// Products, the lower triangle: `[N, N]`, by weights that are 1 for the youngest.
  private var products: Matrix
  /// Sums of returns, and the greatest sums of squares since the beginning: `[N]`.
  private var sums: [Double]
  private var peaks: [Double]

  /// Windows over a table, of which only bars with all returns take part.
  ///
  /// - Parameters:
  ///   - name: of the estimator.
  ///   - lambda: weight of a bar over that of the next, about 0; nil for equal weights about the mean.
  /// - Throws: `RiskError.noCompleteRow`.
  init(_ table: ReturnTable, name: String, lambda: Double?) throws(RiskError) {
    self.table = table
    self.name = name
    self.lambda = lambda
    rows = table.completeRows
    if rows.isEmpty { throw table.noCompleteRow(method: name) }
    let size = table.symbolCount
    var values = table.rows(rows)
    if lambda == nil {
      // About a mean that is nearly theirs, sums of squares lose nothing when means are taken off.
      var means = [Double](repeating: 0, count: size)
      for index in values.values.indices { means[index % size] += values.values[index] }
      for index in values.values.indices {
        values.values[index] -= means[index % size] / Double(rows.count)
      }
    }
    self.values = values
    products = Matrix(rows: size, columns: size)
    sums = Array(repeating: 0, count: size)
    peaks = sums
  }

  /// The estimate from some bars; cheap if they are nearly those of the estimate before.
  ///
  /// - Throws: `RiskError.tooFewReturns` if fewer than two of the bars are complete, or one for exponential weights.
  public mutating func estimate(_ bars: Range<Int>) throws(RiskError) -> CovarianceEstimate {
    precondition(bars.lowerBound >= 0 && bars.upperBound <= table.barCount, "bars of the table")
    let wanted = place(of: bars.lowerBound)..<place(of: bars.upperBound)
    let needed = lambda == nil ? 2 : 1
    guard wanted.count >= needed else {
      throw .tooFewReturns(method: name, found: wanted.count, needed: needed)
    }
    let entering = wanted.upperBound - held.upperBound
    let leaving = wanted.lowerBound - held.lowerBound
    let isNear =
      entering >= 0 && leaving >= 0 && wanted.lowerBound < held.upperBound
      && entering + leaving < wanted.count
    let isYoung = !(hasLost || leaving > 0) || age + entering <= wanted.count
    if isNear, isYoung {
      try add(held.upperBound..<wanted.upperBound)
      try takeOff(held.lowerBound..<wanted.lowerBound)
      if hasFaded { try begin(wanted) }
    } else {
      try begin(wanted)
    }
    return estimate()
  }

  /// Number of complete bars before a bar.
  private func place(of bar: Int) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < bar { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether a symbol's squares are so much smaller than they were that what is left of the old ones shows.
  private var hasFaded: Bool {
    sums.indices.contains { index in
      let mean = lambda == nil ? sums[index] / Double(held.count) : 0
      return (products[index, index] - mean * sums[index]) * 100 < peaks[index]
    }
  }

  private mutating func begin(_ wanted: Range<Int>) throws(RiskError) {
    products = Matrix(rows: products.rows, columns: products.rows)
    sums = Array(repeating: 0, count: sums.count)
    peaks = sums
    held = wanted.lowerBound..<wanted.lowerBound
    try add(wanted)
    age = 0
    hasLost = false
  }

  /// Adds the places behind those that are held.
  private mutating func add(_ places: Range<Int>) throws(RiskError) {
    guard let last = places.last else { return }
    var decay = 1.0
    if let lambda, !held.isEmpty {
      decay = EwmaCovariance.weight(lambda, bars: rows[last] - rows[held.upperBound - 1])
    }
    try update(places, sign: 1, decay: decay, last: last)
    held = held.lowerBound..<places.upperBound
    age += places.count
    for symbol in peaks.indices {
      peaks[symbol] = max(peaks[symbol] * decay, products[symbol, symbol])
    }
  }

  /// Takes off the first of the places that are held.
  private mutating func takeOff(_ places: Range<Int>) throws(RiskError) {
    guard !places.isEmpty else { return }
    try update(places, sign: -1, decay: 1, last: held.upperBound - 1)
    held = places.upperBound..<held.upperBound
    hasLost = true
  }

  /// Products times a decay, and those of places with a sign; they weigh by their age at the last place.
  private mutating func update(_ places: Range<Int>, sign: Double, decay: Double, last: Int)
    throws(RiskError)
  {
    let size = products.rows
    var part = values.values[places.lowerBound * size..<places.upperBound * size]
    if let lambda {
      for (row, place) in places.enumerated() {
        let root = EwmaCovariance.weight(lambda, bars: rows[last] - rows[place]).squareRoot()
        let first = part.startIndex + row * size
        for index in first..<first + size { part[index] *= root }
      }
    } else {
      for (offset, value) in part.enumerated() { sums[offset % size] += sign * value }
    }
    guard apus_blas_open() else { throw .algebra(.libraryMissing) }
    products.values.withUnsafeMutableBufferPointer { output in
      part.withUnsafeBufferPointer { input in
        guard let from = input.baseAddress, let to = output.baseAddress else { return }
        apus_blas_gram(
          false, Int32(size), Int32(places.count), sign, from, Int32(size), decay, to, Int32(size))
      }
    }
  }

  private func estimate() -> CovarianceEstimate {
    let size = products.rows
    var matrix = products
    let count = Double(held.count)
    if let lambda {
      let last = rows[held.upperBound - 1]
      let total = held.reduce(0) { $0 + EwmaCovariance.weight(lambda, bars: last - rows[$1]) }
      for index in matrix.values.indices { matrix.values[index] /= total }
    } else {
      for row in 0..<size {
        for column in 0...row {
          matrix[row, column] =
            (products[row, column] - sums[row] * sums[column] / count) / (count - 1)
        }
      }
    }
    matrix.mirrorLower()
    // Taken off again, what never varied may end below 0 by rounding.
    for row in 0..<size { matrix[row, row] = max(matrix[row, row], 0) }
    return CovarianceEstimate(
      symbols: table.symbols, matrix: matrix, estimator: name, observationCount: held.count)
  }
}
