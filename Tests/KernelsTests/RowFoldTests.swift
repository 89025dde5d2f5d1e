import Kernels
import TestSupport
import Testing

@Suite struct RowFoldTests {
  /// One column by the words of the documentation.
  private func plain(_ fold: RowFold, _ column: [Double]) -> Double {
    let values = column.filter { !$0.isNaN }
    guard let first = values.first, let last = values.last else { return .nan }
    return switch fold {
    case .first: first
    case .last: last
    case .max: values.reduce(-Double.infinity) { $1 > $0 ? $1 : $0 }
    case .min: values.reduce(.infinity) { $1 < $0 ? $1 : $0 }
    case .sum: values.dropFirst().reduce(first, +)
    case .mean: values.dropFirst().reduce(first, +) / Double(values.count)
    }
  }

  @Test(arguments: RowFold.allCases)
  func columnsAreFoldedAsOneByOne(fold: RowFold) {
    var random = TestRandom(seed: 3)
    for _ in 0..<200 {
      let (rows, width) = (random.int(1...9), random.int(1...19))
      let values = (0..<rows * width).map { _ in
        random.one(in: 3) ? .nan : Double(random.int(-500...500)) / 7
      }
      var output = [Double](repeating: .nan, count: width)
      var counts = [Double](repeating: 0, count: width)
      // In two calls, as bins that are interrupted are.
      let cut = random.int(0...rows)
      values.withUnsafeBufferPointer { source in
        output.withUnsafeMutableBufferPointer { output in
          counts.withUnsafeMutableBufferPointer { counts in
            guard let from = source.baseAddress, let to = output.baseAddress,
              let tally = counts.baseAddress
            else { return }
            fold.fold(from, rows: cut, width: width, into: to, counts: tally)
            fold.fold(from + cut * width, rows: rows - cut, width: width, into: to, counts: tally)
            fold.finish(to, width: width, counts: tally)
          }
        }
      }
      for column in 0..<width {
        let wanted = plain(fold, (0..<rows).map { values[$0 * width + column] })
        #expect(
          output[column].bitPattern == wanted.bitPattern || (output[column].isNaN && wanted.isNaN))
      }
    }
  }
}
