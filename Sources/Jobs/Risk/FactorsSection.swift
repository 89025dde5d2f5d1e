import Kernels
import Market
import Risk
import Storage

/// `risk.factors`: portfolios and symbols against given factors, and principal components.
struct FactorsSection: RiskSection {
  static let key = "factors"
  static let summary = "regressions on given factors, principal components, attribution"

  let source: FactorSource?
  private let errors: CoefficientErrors
  private let principal: (count: FactorCount, estimator: any CovarianceEstimator)?

  var files: [String] { source?.files ?? [] }

  /// Most values of a series in a result: 32 MiB.
  private static let mostSeries = 1 << 22
  /// Components whose share is told.
  private static let mostShares = 50

  init(_ reader: inout SpecReader) throws(SpecError) {
    source = try FactorSource(&reader)
    errors = try Self.errors(&reader)
    principal = try Self.principal(&reader)
    guard source != nil || principal != nil else {
      throw .missing(
        path: reader.at("file"), expected: "the path of a file of factors, or pca")
    }
  }

  private static func errors(_ reader: inout SpecReader) throws(SpecError) -> CoefficientErrors {
    let expected = "true, or a number of lags from 0 to 1000"
    guard let json = reader.optional("hac") else { return .classical }
    switch json.value {
    case .bool(let wanted): return wanted ? .hac(lags: nil) : .classical
    case .number: return .hac(lags: try reader.integer("hac", expected, in: 0...1000))
    default: throw reader.wrong("hac", json, expected)
    }
  }

  private static func principal(_ reader: inout SpecReader) throws(SpecError)
    -> (count: FactorCount, estimator: any CovarianceEstimator)?
  {
    let expected = "a number of components, \"auto\", { count } or { explained: 0.8 }"
    guard let json = reader.optional("pca") else { return nil }
    var estimator: any CovarianceEstimator = RiskInput.usualCovariance
    let count: FactorCount
    switch json.value {
    case .string("auto"): count = .beyondNoise
    case .number:
      count = .fixed(try reader.integer("pca", expected, in: 1...10_000) ?? 1)
    case .object:
      var inner = try SpecReader(json, path: reader.at("pca"))
      let fixed = try inner.integer("count", "a whole number from 1", in: 1...10_000)
      let share = try inner.number("explained", "a share above 0, at most 1") { $0 > 0 && $0 <= 1 }
      estimator = try inner.covariance(or: estimator)
      try inner.finish()
      switch (fixed, share) {
      case (let fixed?, nil): count = .fixed(fixed)
      case (nil, let share?): count = .explaining(share)
      case (nil, nil): count = .beyondNoise
      default: throw reader.wrong("pca", json, "count or explained, not both")
      }
    default: throw reader.wrong("pca", json, expected)
    }
    return (count, estimator)
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    var groups: [ResultGroup] = []
    if let source {
      let loaded = try source.load(input)
      groups += try portfolios(input, loaded)
      try input.checkCancelled()
      groups.append(try symbols(input, loaded))
    }
    try input.checkCancelled()
    if let principal {
      groups.append(try components(input, principal.count, principal.estimator))
    }
    return groups
  }

  // MARK: Given factors

  private func portfolios(_ input: RiskInput, _ loaded: FactorSource.Loaded) throws
    -> [ResultGroup]
  {
    let (factors, year) = (loaded.factors, input.returns.barsPerYear)
    let series = input.portfolios.returns(loaded.returns)
    let fits = try FactorRegression.all(
      of: series, names: input.portfolios.names, on: factors, errors: errors)
    let covariance = try FactorModel.covariance(of: factors)
    let complete = (0..<factors.barCount).filter { factors.isComplete(bar: $0) }
    let shown = complete.count == factors.barCount ? factors : factors.taking(complete)
    let isWritten =
      fits.count * complete.count * (factors.factorCount + 2) <= Self.mostSeries
    var notes = loaded.notes
    var (parts, linked, totals, bars): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for (place, fit) in fits.enumerated() {
      try input.checkCancelled()
      let risk = try FactorRisk(
        factors: factors.names, exposures: fit.betas, factorCovariance: covariance,
        specificVariance: fit.residualVariance)
      parts += (risk.volatilities + [risk.specificVolatility, risk.volatility]).map {
        $0 * year.squareRoot()
      }
      let returns = complete.map { series[$0, place] }
      do throws(RiskError) {
        let found = try FactorAttribution(of: returns, betas: fit.betas, on: shown)
        linked += [found.linkedRiskFree] + found.linked + [found.linkedSpecific]
        totals.append(found.total)
        if isWritten {
          for bar in returns.indices {
            bars += [found.riskFree[bar]] + found.contributions.row(bar) + [found.specific[bar]]
          }
        }
      } catch {
        notes.append("\(input.portfolios.names[place]): \(error)")
        linked += Array(repeating: .nan, count: factors.factorCount + 2)
        totals.append(.nan)
        if isWritten {
          bars += Array(repeating: .nan, count: returns.count * (factors.factorCount + 2))
        }
      }
    }
    if !isWritten { notes.append("contributions a bar are left out: there are too many") }
    let portfolio = ResultGroup.Dimension("portfolio", .texts(input.portfolios.names))
    let source = ResultGroup.Dimension(
      "source", .texts(["risk_free"] + factors.names + ["specific"]))
    let group = ResultGroup(
      "factors", title: "Factors: what they explain of each portfolio",
      dimensions: [
        portfolio, .init("coefficient", .texts(["alpha"] + factors.names)), source,
        .init("part", .texts(factors.names + ["specific", "total"])),
      ],
      variables: Self.regressions(fits, "portfolio", year) + [
        .init(
          "volatility", ["portfolio", "part"], parts, unit: "fraction",
          definition: "parts of the annual volatility, which add up to the total"),
        .init(
          "contribution", ["portfolio", "source"], linked, unit: "fraction",
          definition: "linked over time (Cariño), adding up to the compounded return"),
        .init("compounded_return", ["portfolio"], totals, unit: "fraction"),
      ], attributes: attributes(fits, notes))
    guard isWritten else { return [group] }
    return [
      group,
      ResultGroup(
        "factor_series", title: "Factors: contributions bar by bar",
        dimensions: [portfolio, .init("time", .times(shown.timeNs)), source],
        variables: [
          .init(
            "contribution", ["portfolio", "time", "source"], bars, unit: "fraction",
            definition: "they add up to the return of the bar")
        ]),
    ]
  }

  private func symbols(_ input: RiskInput, _ loaded: FactorSource.Loaded) throws -> ResultGroup {
    let factors = loaded.factors
    let values = loaded.returns.values
    let complete = (0..<factors.barCount).filter { factors.isComplete(bar: $0) }
    let enough = (0..<values.columns).filter { symbol in
      complete.count { values[$0, symbol].isFinite } >= factors.factorCount + 2
    }
    var some = Matrix(rows: values.rows, columns: enough.count)
    for bar in 0..<values.rows {
      for (place, symbol) in enough.enumerated() { some[bar, place] = values[bar, symbol] }
    }
    let names = loaded.returns.symbols
    let fits = try FactorRegression.all(
      of: some, names: enough.map { names[$0] }, on: factors, errors: errors)
    let few = names.indices.filter { !enough.contains($0) }.map { names[$0] }
    let note = "too few returns for a regression: \(few.joined(separator: ", "))"
    return ResultGroup(
      "factor_exposures", title: "Factors: exposures of the symbols",
      dimensions: [
        .init("symbol", .texts(enough.map { names[$0] })),
        .init("coefficient", .texts(["alpha"] + factors.names)),
        .init("factor", .texts(factors.names)), .init("other_factor", .texts(factors.names)),
      ],
      variables: Self.regressions(fits, "symbol", input.returns.barsPerYear) + [
        .init(
          "specific_variance", ["symbol"], fits.map(\.residualVariance),
          definition: "diagonal D of the model B F B' + D, a bar"),
        ResultGroup.Variable(
          "factor_covariance", ["factor", "other_factor"],
          try FactorModel.covariance(of: factors).values, definition: "F, a bar"
        ).inFile,
      ], attributes: attributes(fits, few.isEmpty ? [] : [note]))
  }

  private static func regressions(
    _ fits: [FactorRegression], _ dimension: String, _ year: Double
  ) -> [ResultGroup.Variable] {
    let two = [dimension, "coefficient"]
    return [
      .init(
        "value", two, fits.flatMap(\.coefficients), definition: "alpha is a fraction a bar"),
      .init("t_statistic", two, fits.flatMap(\.tStatistics)),
      ResultGroup.Variable("standard_error", two, fits.flatMap(\.standardErrors)).inFile,
      ResultGroup.Variable("p_value", two, fits.flatMap(\.pValues)).inFile,
      .init(
        "annual_alpha", [dimension], fits.map { $0.alpha * year }, unit: "fraction",
        definition: "alpha times the bars of a year"),
      .init("r_squared", [dimension], fits.map(\.rSquared)),
      .init("adjusted_r_squared", [dimension], fits.map(\.adjustedRSquared)),
      .init(
        "residual_volatility", [dimension],
        fits.map { $0.residualVolatility * year.squareRoot() }, unit: "fraction",
        definition: "annual"),
      .init("observations", [dimension], .integers(fits.map { Int64($0.observationCount) })),
    ]
  }

  private func attributes(_ fits: [FactorRegression], _ notes: [String])
    -> [ResultTable.Attribute]
  {
    let lags = Set(fits.compactMap(\.lags)).sorted()
    let words =
      switch (lags.first, lags.last) {
      case (let first?, let last?) where first == last: "Newey-West, \(first) lags"
      case (let first?, let last?): "Newey-West, \(first) to \(last) lags"
      default: "classical"
      }
    return [ResultTable.Attribute("errors", words)]
      + (notes.isEmpty ? [] : [ResultTable.Attribute("notes", notes.joined(separator: "; "))])
  }

  // MARK: Principal components

  private func components(
    _ input: RiskInput, _ count: FactorCount, _ estimator: any CovarianceEstimator
  ) throws -> ResultGroup {
    let whole = try input.covariance(by: estimator)
    // Of what does not vary there is nothing to explain.
    let varying = whole.symbols.indices.filter { whole.matrix[$0, $0] > 0 }
    let isWhole = varying.count == whole.symbols.count || varying.isEmpty
    let covariance = isWhole ? whole : whole.symbols(varying)
    let found = try PrincipalFactors(
      of: isWhole ? input.returns : input.returns.symbols(varying), covariance: covariance,
      count: count)
    let kept = found.loadings.columns
    let told = max(kept, min(found.variances.count, Self.mostShares))
    let year = input.returns.barsPerYear.squareRoot()
    let weights = (isWhole ? input.portfolios : input.portfolios.columns(varying)).weights
    let exposures = try LinearAlgebra.product(weights, found.loadings)
    var parts: [Double] = []
    for portfolio in 0..<weights.rows {
      let variance = max(
        try LinearAlgebra.quadratic(covariance.matrix, weights.row(portfolio)), 0)
      let own = (0..<kept).map {
        found.variances[$0] * exposures[portfolio, $0] * exposures[portfolio, $0]
      }
      let scale = variance > 0 ? year / variance.squareRoot() : 0
      parts += own.map { $0 * scale }
      parts += [(variance - own.reduce(0, +)) * scale, variance * scale]
    }
    let shares = found.explained
    var sum = 0.0
    let cumulative = shares.map { share in
      sum += share
      return sum
    }
    return ResultGroup(
      "principal_components", title: "Principal components of the symbols",
      dimensions: [
        .init("component", .texts((0..<told).map { "PC\($0 + 1)" })),
        .init("factor", .texts(found.factors.names)),
        .init("symbol", .texts(found.symbols)),
        .init("portfolio", .texts(input.portfolios.names)),
        .init("part", .texts(found.factors.names + ["other", "total"])),
        .init("time", .times(found.factors.timeNs)),
      ],
      variables: [
        .init(
          "explained", ["component"], Array(shares[..<told]), unit: "fraction",
          definition: "share of the variance"),
        .init("cumulative", ["component"], Array(cumulative[..<told]), unit: "fraction"),
        .init(
          "volatility", ["component"], found.variances[..<told].map { $0.squareRoot() * year },
          unit: "fraction", definition: "annual"),
        .init(
          "portfolio_volatility", ["portfolio", "part"], parts, unit: "fraction",
          definition: "parts of the annual volatility, which add up to the total"),
        .init("exposure", ["portfolio", "factor"], exposures.values),
        .init(
          "loading", ["symbol", "factor"], found.loadings.values,
          definition: "eigenvectors of length 1"),
        ResultGroup.Variable(
          "factor_return", ["time", "factor"], found.factors.values.values, unit: "fraction"
        ).inFile,
      ],
      attributes: [ResultTable.Attribute("covariance", covariance.estimator)]
        + Self.leftOut(whole, besides: varying))
  }

  /// A warning of symbols that have no variance; none where all have.
  private static func leftOut(_ estimate: CovarianceEstimate, besides varying: [Int])
    -> [ResultTable.Attribute]
  {
    let constant = Set(estimate.symbols.indices).subtracting(varying).sorted()
    if constant.isEmpty { return [] }
    let names = constant.prefix(5).map { estimate.symbols[$0] }.joined(separator: ", ")
    return [
      ResultTable.Attribute(
        RiskJob.warningAttribute,
        "principal components leave out \(names)"
          + (constant.count > 5 ? ", … \(constant.count) symbols in all" : "")
          + ": their variance by \(estimate.estimator) is 0")
    ]
  }
}
