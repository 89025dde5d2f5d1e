import Kernels
import Risk
import Storage

/// `risk.covariance`: the covariance of the symbols by an estimator, what is known of it, and how it moved.
struct CovarianceSection: RiskSection {
  static let key = "covariance"
  static let summary = "covariances by an estimator, eigenvalues, condition and repair, rolling"

  /// Most symbols whose matrices are written without being asked for: a megabyte of JSON.
  private static let mostSymbols = 150

  let estimator: any CovarianceEstimator
  private let writesMatrix: Bool?
  private let rolling: (window: Int, every: Int)?
  private let place: String

  init(_ reader: inout SpecReader) throws(SpecError) {
    place = reader.at("rolling")
    estimator = try reader.estimator()
    writesMatrix = try reader.bool("matrix")
    let window = try reader.integer(
      "rolling", "a number of bars, 2 or more", in: 2...Int(Int32.max))
    let every = try reader.integer("every", "a number of bars, 1 or more", in: 1...Int(Int32.max))
    if every != nil, window == nil {
      throw .missing(path: reader.at("rolling"), expected: "a number of bars, which every steps by")
    }
    rolling = window.map { ($0, every ?? 21) }
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    let bars = input.returns.barCount
    if let rolling, rolling.window > bars {
      throw SpecError.value(
        path: place, line: 0, found: "\(rolling.window)",
        expected: "at most the \(bars) bars that have returns")
    }
    var groups = [try whole(input)]
    if let rolling { groups.append(try windows(input, rolling.window, rolling.every)) }
    return groups
  }

  private func whole(_ input: RiskInput) throws -> ResultGroup {
    var estimate = try input.covariance(by: estimator)
    try input.checkCancelled()
    try PSDRepair.apply(to: &estimate)
    let count = estimate.symbols.count
    let eigen = try SymmetricEigen(estimate.matrix, wantsVectors: false).values
    let year = input.returns.barsPerYear.squareRoot()
    var variables: [ResultGroup.Variable] = [
      .init(
        "volatility", ["symbol"], estimate.volatilities.map { $0 * year }, unit: "fraction",
        definition: "standard deviation a bar times the root of bars a year"),
      .init(
        "returns", ["symbol"], .integers(input.returns.counts.map { Int64($0) }),
        attributes: [.init("definition", "returns that the symbol has")]),
      .init(
        "eigenvalue", ["component"], eigen.reversed(), unit: "returns² a bar",
        definition: "of the covariance matrix, the largest first"),
    ]
    var attributes = Self.attributes(estimate)
    let left = estimator.name.contains("pairwise") ? nil : input.returns.mostLeftOut
    if let left {
      attributes.append(
        .init(
          RiskJob.warningAttribute,
          "covariances are of \(left.rows) of \(input.returns.barCount) bars, those at which all "
            + "symbols have a return; \(left.symbol) has the fewest, \(left.count): leave it out of "
            + "data.symbols, or take risk.covariance.missing: \"pairwise\""))
    }
    if writesMatrix ?? (count <= Self.mostSymbols) {
      variables.insert(
        .init(
          "covariance", ["symbol", "other"], estimate.matrix.values, unit: "returns² a bar"), at: 0)
      variables.insert(
        .init(
          "correlation", ["symbol", "other"], estimate.correlation.values, unit: "fraction"), at: 1)
    } else if writesMatrix == nil {
      attributes.append(
        .init("notes", "matrices of \(count) symbols are left out; matrix: true writes them"))
    }
    return ResultGroup(
      "covariance", title: "Covariance of \(count) symbols by \(estimate.estimator)",
      dimensions: [
        .init("symbol", .texts(estimate.symbols)), .init("other", .texts(estimate.symbols)),
        .init("component", .integers((1...max(count, 1)).map { Int64($0) })),
      ], variables: variables, attributes: attributes)
  }

  /// What is known of an estimate, as texts.
  private static func attributes(_ estimate: CovarianceEstimate) -> [ResultTable.Attribute] {
    var result: [ResultTable.Attribute] = [
      .init("estimator", estimate.estimator),
      .init("observations", "\(estimate.observationCount)"),
      .init("condition_number", "\(estimate.conditionNumber)"),
    ]
    if !estimate.shrinkage.isNaN {
      result.append(.init("shrinkage", "\(estimate.shrinkage)"))
    }
    let repair = estimate.repair.map {
      "\($0.raisedCount) eigenvalues of the correlations raised, the least was "
        + "\($0.leastEigenvalue); the matrix changed by \($0.relativeChange) of its norm"
    }
    result.append(.init("repair", repair ?? "none was needed"))
    return result
  }

  private func windows(_ input: RiskInput, _ window: Int, _ every: Int) throws -> ResultGroup {
    let (bars, count) = (input.returns.barCount, input.returns.symbolCount)
    // The last window ends with the data.
    let windows = stride(from: bars, through: window, by: -every).reversed().map {
      $0 - window..<$0
    }
    var (volatilities, correlations): ([Double], [Double]) = ([], [])
    var failed: [String] = []
    let year = input.returns.barsPerYear.squareRoot()
    // As many as fit into the cache are computed at a time.
    let batch = max(1, min(256, (128 << 20) / (8 * count * count)))
    for start in stride(from: 0, to: windows.count, by: batch) {
      let part = Array(windows[start..<min(start + batch, windows.count)])
      let cache = CovarianceCache()
      cache.prepare(
        input.returns, windows: part, by: estimator, workers: input.workers,
        isCancelled: input.isCancelled)
      try input.checkCancelled()
      for bars in part {
        do throws(RiskError) {
          let estimate = try cache.estimate(input.returns, bars: bars, by: estimator)
          volatilities += estimate.volatilities.map { $0 * year }
          correlations.append(Self.meanCorrelation(estimate))
        } catch {
          if failed.isEmpty { failed.append("\(error)") } else { failed.append("") }
          volatilities += Array(repeating: .nan, count: count)
          correlations.append(.nan)
        }
      }
    }
    var attributes: [ResultTable.Attribute] = [
      .init("estimator", estimator.name), .init("window", "\(window) bars, every \(every)"),
    ]
    if let first = failed.first {
      attributes.append(
        .init("notes", "\(failed.count) of \(windows.count) windows have no estimate: \(first)"))
    }
    return ResultGroup(
      "rolling_covariance",
      title: "Volatility and correlation over \(window) bars by \(estimator.name)",
      dimensions: [
        .init("time", .times(windows.map { input.returns.timeNs[$0.upperBound - 1] })),
        .init("symbol", .texts(input.returns.symbols)),
      ],
      variables: [
        .init(
          "mean_correlation", ["time"], correlations, unit: "fraction",
          definition: "over all pairs of symbols"),
        .init(
          "volatility", ["time", "symbol"], volatilities, unit: "fraction",
          definition: "standard deviation a bar times the root of bars a year"),
      ], attributes: attributes)
  }

  /// Mean over all pairs; NaN for one symbol, or if one has no variance.
  private static func meanCorrelation(_ estimate: CovarianceEstimate) -> Double {
    let correlation = estimate.correlation
    let size = correlation.rows
    var sum = 0.0
    for row in 0..<size {
      for column in 0..<row { sum += correlation[row, column] }
    }
    return size > 1 ? sum * 2 / Double(size * (size - 1)) : .nan
  }
}
