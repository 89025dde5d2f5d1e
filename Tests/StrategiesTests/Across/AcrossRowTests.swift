import Expressions
import TestSupport
import Testing

/// One row by definition, one symbol at a time.
private func naive(_ function: AcrossFunction, _ x: [Double]) -> [Double] {
  let known = x.filter(\.isFinite)
  let count = Double(known.count)
  let mean = known.reduce(0, +) / count
  let deviation = (known.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (count - 1)).squareRoot()
  return x.enumerated().map { index, value in
    switch function {
    case .mean: return known.isEmpty ? .nan : mean
    case .sum: return known.isEmpty ? .nan : known.reduce(0, +)
    case .count: return count
    case .deviation: return known.count < 2 ? .nan : deviation
    default: break
    }
    guard value.isFinite else { return .nan }
    switch function {
    case .rank:
      let below = Double(known.count { $0 < value })
      let equal = Double(known.count { $0 == value })
      return (below + (equal + 1) / 2) / count
    case .place:
      return Double(
        x.enumerated().count { $1.isFinite && ($1 > value || $1 == value && $0 < index) })
    case .zScore:
      let isConstant = known.allSatisfy { $0 == value }
      return known.count < 2 || isConstant ? .nan : (value - mean) / deviation
    case .demean: return value - mean
    case .normalize:
      let sum = known.map(\.magnitude).reduce(0, +)
      return sum > 0 ? value / sum : .nan
    default: return .nan
    }
  }
}

private func isClose(_ a: Double, _ b: Double) -> Bool {
  a.isNaN && b.isNaN || abs(a - b) <= 1e-12 * max(1, abs(b))
}

@Test(arguments: AcrossFunction.allCases)
func aRowAgreesWithItsDefinition(function: AcrossFunction) {
  for symbols in [1, 2, 3, 7, 8, 9, 33, 200] {
    var rows = AcrossRows(symbols: symbols)
    for seed in 0..<60 as Range<UInt64> {
      var random = TestRandom(seed: seed)
      // Few distinct values make ties; some rows follow the last closely, so that what a row leaves behind would show.
      let spread = random.pick([1, 5, 1000])
      let x = (0..<symbols).map { _ in
        random.one(in: 5)
          ? random.pick([Double.nan, .infinity, -.infinity])
          : Double(random.int(-spread...spread)) / 4
      }
      var found = [Double](repeating: 7, count: symbols)
      rows.apply(function, x, into: &found)
      let expected = naive(function, x)
      #expect(
        zip(found, expected).allSatisfy { isClose($0, $1) },
        "\(symbols) symbols, seed \(seed): \(x)")
      // In place.
      var same = x
      same.withUnsafeMutableBufferPointer {
        rows.apply(function, UnsafePointer($0.baseAddress!), into: $0.baseAddress!)
      }
      #expect(zip(same, found).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    }
  }
}

@Test func equalValuesHaveNoDeviation() {
  var rows = AcrossRows(symbols: 6)
  var found = [Double](repeating: 0, count: 6)
  let x = [Double](repeating: 0.1, count: 6)
  rows.apply(.zScore, x, into: &found)
  #expect(found.allSatisfy { $0.isNaN })
  rows.apply(.demean, x, into: &found)
  #expect(found == [0, 0, 0, 0, 0, 0])
}
