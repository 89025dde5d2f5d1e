import Kernels

/// A function of the values that all symbols have at one bar.
///
/// Symbols whose value is NaN or infinite stay out. The functions that compare a symbol with the others give it NaN; those that
/// sum up give every symbol the same number. Sums go in the order of the symbols.
public enum AcrossFunction: String, Hashable, Sendable, CaseIterable {
  /// Percentile among the symbols, in (0, 1]; ties share the mean of their places.
  case rank
  /// Number of symbols that go before it: those with larger values, and of equal ones those that come first.
  case place
  /// Distance from the mean in standard deviations.
  case zScore = "zscore_across"
  /// Mean.
  case mean = "mean_across"
  /// Sum.
  case sum = "sum_across"
  /// Number of symbols that have a value.
  case count = "count_across"
  /// Standard deviation, divisor n − 1.
  case deviation = "stdev_across"
  /// The value less the mean.
  case demean
  /// The value over the sum of magnitudes.
  case normalize
}

/// Computes functions across symbols, row by row.
public struct AcrossRows: ~Copyable {
  private let count: Int
  private let order: AlignedBuffer<Int32>
  private var known = 0

  /// Room for rows of a number of symbols.
  public init(symbols count: Int) {
    self.count = count
    order = AlignedBuffer(repeating: 0, count: count)
  }

  /// One row.
  ///
  /// - Parameters:
  ///   - function: what to compute.
  ///   - x: `[N]`; NaN and infinite values stay out.
  ///   - output: `[N]`, which may be `x`.
  public mutating func apply(
    _ function: AcrossFunction, _ x: UnsafePointer<Double>,
    into output: UnsafeMutablePointer<Double>
  ) {
    switch function {
    case .rank, .place: place(function, x, output)
    case .count:
      var found = 0.0
      for symbol in 0..<count where x[symbol].isFinite { found += 1 }
      output.update(repeating: found, count: count)
    case .normalize:
      var sum = 0.0
      for symbol in 0..<count where x[symbol].isFinite { sum += x[symbol].magnitude }
      for symbol in 0..<count {
        output[symbol] = x[symbol].isFinite && sum > 0 ? x[symbol] / sum : .nan
      }
    default: moments(function, x, output)
    }
  }

  private func moments(
    _ function: AcrossFunction, _ x: UnsafePointer<Double>,
    _ output: UnsafeMutablePointer<Double>
  ) {
    // Distances from one of the values, so that equal values have no deviation at all.
    var anchor = 0.0
    var found = 0.0
    var sum = 0.0
    for symbol in 0..<count where x[symbol].isFinite {
      if found == 0 { anchor = x[symbol] }
      found += 1
      sum += x[symbol] - anchor
    }
    let shift = sum / found
    let mean = found == 0 ? Double.nan : anchor + shift
    var deviation = Double.nan
    if function == .zScore || function == .deviation, found > 1 {
      var squares = 0.0
      for symbol in 0..<count where x[symbol].isFinite {
        let distance = (x[symbol] - anchor) - shift
        squares += distance * distance
      }
      deviation = (squares / (found - 1)).squareRoot()
    }
    switch function {
    case .zScore:
      for symbol in 0..<count {
        let isDefined = x[symbol].isFinite && deviation > 0
        output[symbol] = isDefined ? ((x[symbol] - anchor) - shift) / deviation : .nan
      }
    case .demean:
      for symbol in 0..<count {
        output[symbol] = x[symbol].isFinite ? (x[symbol] - anchor) - shift : .nan
      }
    case .mean: output.update(repeating: mean, count: count)
    case .deviation: output.update(repeating: deviation, count: count)
    default:
      var total = found == 0 ? Double.nan : 0
      for symbol in 0..<count where x[symbol].isFinite { total += x[symbol] }
      output.update(repeating: total, count: count)
    }
  }

  private mutating func place(
    _ function: AcrossFunction, _ x: UnsafePointer<Double>,
    _ output: UnsafeMutablePointer<Double>
  ) {
    sort(x)
    guard function == .rank else {
      if x != UnsafePointer(output) { output.update(from: x, count: count) }
      for symbol in 0..<count where !output[symbol].isFinite { output[symbol] = .nan }
      for place in 0..<known { output[Int(order.base[place])] = Double(place) }
      return
    }
    var place = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { ranks in
      ranks.update(repeating: .nan)
      while place < known {
        let value = x[Int(order.base[place])]
        var end = place + 1
        while end < known, x[Int(order.base[end])] == value { end += 1 }
        // The mean of the places, counted from the smallest value, which has 1.
        let rank = Double(2 * known - place - end + 1) / 2
        for index in place..<end { ranks[Int(order.base[index])] = rank / Double(known) }
        place = end
      }
      for symbol in 0..<count { output[symbol] = ranks[symbol] }
    }
  }

  /// Orders the symbols that have a value: the largest first, of equal ones the first.
  ///
  /// The order is a total one, so what it starts from makes no difference: the last row's order, which is nearly right if rows
  /// follow each other.
  private mutating func sort(_ x: UnsafePointer<Double>) {
    let order = order.base
    func precedes(_ a: Int32, _ b: Int32) -> Bool {
      let (left, right) = (x[Int(a)], x[Int(b)])
      return left != right ? left > right : a < b
    }
    var isSame = true
    for place in 0..<known where !x[Int(order[place])].isFinite { isSame = false }
    var now = 0
    for symbol in 0..<count where x[symbol].isFinite { now += 1 }
    if !isSame || now != known {
      known = 0
      for symbol in 0..<count where x[symbol].isFinite {
        order[known] = Int32(truncatingIfNeeded: symbol)
        known += 1
      }
    }
    // Insertion costs what is out of place; beyond a few moves each another way is faster.
    var budget = 12 * known
    var place = 1
    while place < known {
      let symbol = order[place]
      var hole = place
      while hole > 0, precedes(symbol, order[hole - 1]) {
        order[hole] = order[hole - 1]
        hole -= 1
      }
      order[hole] = symbol
      budget -= place - hole
      if budget < 0 { break }
      place += 1
    }
    if budget < 0 {
      var rest = UnsafeMutableBufferPointer(start: order, count: known)
      rest.sort(by: precedes)
    }
  }
}
