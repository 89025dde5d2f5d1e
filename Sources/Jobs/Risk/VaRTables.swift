import Risk
import Storage

/// The scores of a laboratory as groups of a result.
struct VaRTables {
  let laboratory: VaRLaboratory
  let portfolios: [String]
  let plan: RollingPlan
  let horizon: Int

  /// Every score by level, portfolio and model.
  var scores: ResultGroup {
    let names = ["level", "portfolio", "model"]
    func cube(
      _ name: String, _ unit: String, _ definition: String, _ value: (VaRBacktest) -> Double
    ) -> ResultGroup.Variable {
      let values = entries { _, _, score in score.map(value) ?? .nan }
      return .init(name, names, values, unit: unit, definition: definition)
    }
    return ResultGroup(
      "var_backtest", title: "Backtest of VaR models, out of sample",
      dimensions: [
        .init("level", .numbers(laboratory.levels.map(\.confidence))),
        .init("portfolio", .texts(portfolios)), .init("model", .texts(laboratory.models)),
      ],
      variables: [
        cube("exceptions", "count", "losses above VaR") { Double($0.coverage.exceptions) },
        cube("expected", "ratio", "exceptions of a right model on average") { $0.expected },
        cube("forecasts", "count", "forecasts that were tested") { Double($0.coverage.count) },
        cube("missing", "count", "bars without a forecast") { Double($0.missing) },
        cube("kupiec", "ratio", "LR_uc: coverage") { $0.coverage.unconditional.statistic },
        cube("kupiec_p", "ratio", "its p-value, chi-square 1") {
          $0.coverage.unconditional.probability
        },
        cube("independence", "ratio", "LR_ind: clusters of exceptions") {
          $0.coverage.independence.statistic
        },
        cube("independence_p", "ratio", "its p-value, chi-square 1") {
          $0.coverage.independence.probability
        },
        cube("conditional", "ratio", "LR_cc = LR_uc + LR_ind") {
          $0.coverage.conditional.statistic
        },
        cube("conditional_p", "ratio", "its p-value, chi-square 2") {
          $0.coverage.conditional.probability
        },
        cube("quantile_loss", "fraction", "mean tick loss of VaR; lower is better") {
          $0.quantileLoss
        },
        cube("shortfall_score", "ratio", "Acerbi and Szekely's Z2; below 0 ES is too low") {
          $0.shortfallScore
        },
        .init(
          "zone", names,
          .texts(entries { _, _, score in score?.zone.rawValue ?? "" }),
          attributes: [ResultTable.Attribute("definition", "Basel traffic light")]),
      ]
        + reasons(
          ["portfolio", "model"],
          laboratory.entries.flatMap { row in row.map { $0.failure.map { "\($0)" } ?? "" } }),
      attributes: attributes)
  }

  /// Models by quantile loss, portfolio after portfolio and level after level.
  var league: ResultGroup {
    var rows: [(portfolio: Int, level: Int, place: Int, model: Int)] = []
    for portfolio in portfolios.indices {
      for level in laboratory.levels.indices {
        for (place, model) in laboratory.league(portfolio: portfolio, level: level).enumerated() {
          rows.append((portfolio, level, place, model))
        }
      }
    }
    func column(_ name: String, _ unit: String, _ value: (VaRBacktest) -> Double)
      -> ResultGroup.Variable
    {
      .init(
        name, ["entry"],
        rows.map { row in score(row.portfolio, row.model, row.level).map(value) ?? .nan },
        unit: unit)
    }
    return ResultGroup(
      "var_league", title: "League of VaR models, by quantile loss",
      dimensions: [.init("entry", .integers((0..<rows.count).map(Int64.init)))],
      variables: [
        .init("portfolio", ["entry"], .texts(rows.map { portfolios[$0.portfolio] })),
        .init("level", ["entry"], rows.map { laboratory.levels[$0.level].confidence }),
        .init("place", ["entry"], .integers(rows.map { Int64($0.place + 1) })),
        .init("model", ["entry"], .texts(rows.map { laboratory.models[$0.model] })),
        column("quantile_loss_bps", "basis_points") { $0.quantileLoss * 1e4 },
        column("exceptions", "count") { Double($0.coverage.exceptions) },
        column("expected", "ratio") { $0.expected },
        column("kupiec_p", "ratio") { $0.coverage.unconditional.probability },
        column("independence_p", "ratio") { $0.coverage.independence.probability },
        column("conditional_p", "ratio") { $0.coverage.conditional.probability },
        .init(
          "zone", ["entry"],
          .texts(
            rows.map { score($0.portfolio, $0.model, $0.level)?.zone.rawValue ?? "" })),
        column("missing", "count") { Double($0.missing) },
      ], attributes: attributes)
  }

  private var attributes: [ResultTable.Attribute] {
    [
      ResultTable.Attribute("window", "\(plan.window) returns"),
      ResultTable.Attribute("refit", "every \(plan.refit) bars"),
      ResultTable.Attribute(
        "horizon", horizon == 1 ? "1 bar" : "\(horizon) bars, none overlapping"),
    ]
  }

  private func score(_ portfolio: Int, _ model: Int, _ level: Int) -> VaRBacktest? {
    let scores = laboratory.entries[portfolio][model].scores
    return scores.isEmpty ? nil : scores[level]
  }

  private func entries<Value>(_ value: (Int, Int, VaRBacktest?) -> Value) -> [Value] {
    laboratory.levels.indices.flatMap { level in
      portfolios.indices.flatMap { portfolio in
        laboratory.models.indices.map { model in
          value(portfolio, model, score(portfolio, model, level))
        }
      }
    }
  }
}
