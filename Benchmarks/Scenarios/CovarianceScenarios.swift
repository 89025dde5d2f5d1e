import BenchmarkKit
import CShims
import Dispatch
import Kernels
import Risk

/// Covariances of many symbols.
let covarianceScenarios: [Scenario] = [
  Scenario(
    "portfolio/covariance", unit: .returns, limit: "a dgemm of as many operations, same threads",
    prepare: covariance)
]

/// The sample covariance of 3,000 symbols over 2,520 bars.
///
/// Data: 60 MB of returns, and a matrix of 72 MB that is new each time. The work is half of a product of 4.5 · 10¹⁰ operations, bound
/// by the vector units.
/// Limit: dgemm of half the symbols with all of them into memory that is there, which is as many operations. The estimate sums the
/// returns, takes means off the products, packs more often, and writes both triangles into new memory.
private func covariance(_ context: ScenarioContext) throws -> Workload {
  let (bars, symbols) = (context.size(2520, tiny: 60), context.size(3000, tiny: 210))
  let returns = Fixture.noise(bars * symbols, stream: 67).map { 0.02 * $0 + 0.0004 }
  let table = ReturnTable(
    symbols: (0..<symbols).map { "S\($0)" }, timeNs: (0..<bars).map { Int64($0) },
    values: Matrix(rows: bars, columns: symbols, returns), barsPerYear: 252)
  guard apus_blas_open() else {
    throw BenchmarkError.unavailable(what: "OpenBLAS", next: "install libopenblas0-pthread")
  }
  let estimate = try SampleCovariance().estimate(table, workers: context.threads)
  for (row, column) in [(0, 0), (symbols - 1, 3), (7, symbols / 2), (symbols - 1, symbols - 1)] {
    try check(
      estimate.matrix[row, column], plain(table.values, row, column), "pair \(row), \(column)")
  }
  let half = symbols / 2
  let output = Scratch<Double>(.allocate(capacity: half * symbols))
  output.base.initialize(repeating: 0, count: half * symbols)
  let series = table.values.transposed
  let product = {
    let (share, threads) = ((symbols + context.threads - 1) / context.threads, context.threads)
    series.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      // Threads write columns of their own.
      nonisolated(unsafe) let (from, to) = (start, output.base)
      DispatchQueue.concurrentPerform(iterations: threads) { part in
        let first = part * share
        guard first < symbols else { return }
        apus_blas_multiply(
          false, true, Int32(half), Int32(min(share, symbols - first)), Int32(bars), 1, from,
          Int32(bars), from + first * bars, Int32(bars), 0, to + first, Int32(symbols))
      }
    }
  }
  return Workload(
    work: Double(bars) * Double(symbols),
    contestants: [
      Contestant("SampleCovariance") {
        _ = try SampleCovariance().estimate(table, workers: context.threads)
      }
    ],
    limit: Contestant("dgemm of \(MatrixProduct.blasCore ?? "")") { product() })
}

/// The covariance of two columns by the definition.
private func plain(_ values: Matrix, _ a: Int, _ b: Int) -> Double {
  let (left, right) = (values.column(a), values.column(b))
  let count = Double(values.rows)
  let means = (left.reduce(0, +) / count, right.reduce(0, +) / count)
  return zip(left, right).reduce(0) { $0 + ($1.0 - means.0) * ($1.1 - means.1) } / (count - 1)
}

private func check(_ found: Double, _ expected: Double, _ what: String) throws {
  // In units of a variance of 1.3e-4.
  guard abs(found - expected) <= 1e-16 else {
    throw BenchmarkError.disagreement(what: what, found: "\(found)", expected: "\(expected)")
  }
}
