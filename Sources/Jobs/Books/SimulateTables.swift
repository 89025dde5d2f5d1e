import Advice
import Books
import Kernels
import Storage

/// What became of a book's portfolios, as tables: portfolios, sums, how figures settle, and a path.
struct SimulateTables {
  /// What is told of a portfolio or a sum.
  struct Row: Sendable {
    var id: String
    var currency = ""
    var equity = Double.nan
    var paid = Double.nan
    var figures: ForwardFigures?
    var reason = ""
  }

  let groups: [ResultGroup]

  init(
    session: BookSession, options: SimulateOptions, starts: [SimulateJob.Start], going: [Int],
    sums: SimulateSums, forward: ForwardRun, samples: ForwardSamples, paths: SimulateMarket,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let book = session.book
    let slots = Slots<ForwardFigures>(count: going.count)
    let isDone = try TileLoop(tiles: going.count, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { place, _ in
      let profile = book.portfolios[starts[going[place]].account.portfolio].profile
      slots.set(place, samples.figures(of: place, maxDrawdown: profile.maxDrawdown))
    }
    guard isDone else { throw RunInterrupted() }
    var rows = starts.map { start in
      let portfolio = book.portfolios[start.account.portfolio]
      return Row(
        id: portfolio.id, currency: portfolio.currency.uppercased(), equity: start.account.equity,
        reason: start.reason)
    }
    for (place, figures) in slots.values.enumerated() {
      rows[going[place]].figures = figures
      rows[going[place]].paid = samples.paid[place]
    }
    // Sums without members have nothing to tell.
    let members = Set(forward.accounts.map(\.group)).sorted()
    let first = forward.accounts.count
    let payments =
      forward.plan.contribution * Double(forward.plan.contributions(over: forward.paths.bars))
    let rates = forward.factors.rates
    var paidIn = [Double](repeating: 0, count: forward.groupCount)
    for account in forward.accounts { paidIn[account.group] += payments * rates[account.currency] }
    let totals = members.map { group in
      Row(
        id: sums.names[group], currency: forward.factors.market.currency,
        equity: samples.paid[first + group] - paidIn[group],
        paid: samples.paid[first + group], figures: samples.figures(of: first + group))
    }
    let facts = Self.facts(options, forward, paths)
    var groups = [
      Self.table("outcomes", "What may become of portfolios", "portfolio", rows, forward, facts),
      Self.table(
        "sums", "What may become of their sums, path by path", sums.level, totals, forward, []),
    ]
    if forward.paths.isRandom {
      groups.append(
        Self.convergence(sums.level, totals.map(\.id), members.map { first + $0 }, samples, forward)
      )
    }
    let names = forward.accounts.map { book.portfolios[$0.portfolio].id }
    let named = members.map { (sums.names[$0], first + $0) }
    if options.keepsSamples { groups.append(Self.samples(samples, names, named, forward)) }
    if let path = options.path {
      groups.append(
        try Self.path(
          path, forward, names: names, named, paths))
    }
    self.groups = groups
  }

  private static func facts(
    _ options: SimulateOptions, _ forward: ForwardRun, _ paths: SimulateMarket
  ) -> [ResultTable.Attribute] {
    let plan = forward.plan
    var facts = [ResultTable.Attribute("policy", options.policy.name)]
    if plan.every > 0 {
      facts.append(.init("every", "\(options.every.name): \(plan.every) bars"))
      facts.append(.init("costs", "\(plan.costRate * 10_000) bps"))
    }
    if plan.contributionEvery > 0 {
      facts.append(
        .init(
          "contribution",
          "\(plan.contribution) before every \(plan.contributionEvery) bars, from the first on"))
    }
    facts += [
      .init("market", options.market.name),
      .init("dividends", options.reinvestsDividends ? "reinvested" : "none: prices alone"),
      .init("horizon", "\(forward.paths.bars) bars"), .init("paths", "\(forward.paths.count)"),
    ]
    return facts + paths.facts
  }

  // MARK: - Tables

  private typealias Variable = ResultGroup.Variable

  private static func table(
    _ name: String, _ title: String, _ dimension: String, _ rows: [Row], _ forward: ForwardRun,
    _ facts: [ResultTable.Attribute]
  ) -> ResultGroup {
    let isPath = forward.paths.count == 1
    let shown: Set<String> =
      isPath
      ? ["mean_return", "max_drawdown_mean"]
      : [
        "mean_return", "return_05", "return_50", "return_95", "probability_of_loss",
        "expected_shortfall_95", "max_drawdown_95", "probability_of_breach", "probability_of_floor",
      ]
    var variables = [
      Variable("currency", [dimension], .texts(rows.map(\.currency))),
      Variable(
        "equity", [dimension], rows.map(\.equity), unit: "money",
        definition: "at the beginning, without what has no price"),
      Variable(
        "paid_in", [dimension], rows.map(\.paid), unit: "money",
        definition: "equity and all contributions, at today's rates"
      ).inFile,
    ]
    for (place, figure) in ForwardFigures.names.enumerated() {
      let values = rows.map { $0.figures?.figures[place].value ?? .nan }
      let errors = rows.map { $0.figures?.figures[place].standardError ?? .nan }
      let isEmpty = values.allSatisfy(\.isNaN)
      let variable = Variable(
        figure, [dimension], values, unit: "fraction", definition: Self.definition(figure))
      variables.append(shown.contains(figure) && !isEmpty ? variable : variable.inFile)
      let error = Variable(
        figure + "_error", [dimension], errors, unit: "fraction",
        definition: "standard error, by the number of paths alone")
      variables.append(
        figure == "mean_return" && forward.paths.isRandom ? error : error.inFile)
      if figure == "mean_return" || figure.hasPrefix("return_") {
        let money = Variable(
          "terminal_" + (figure == "mean_return" ? "mean" : String(figure.dropFirst(7))),
          [dimension], zip(rows, values).map { $0.paid * (1 + $1) }, unit: "money",
          definition: "what is there at the end")
        variables.append(figure == "mean_return" && isPath ? money : money.inFile)
      }
    }
    variables.append(
      Variable(
        "halves_apart", [dimension], rows.map { $0.figures?.halvesApart ?? .nan },
        unit: "standard errors",
        definition:
          "means over the first and the second half of the paths; rarely beyond 2 if there are enough"
      ).inFile)
    variables.append(Variable("reason", [dimension], .texts(rows.map(\.reason))))
    var facts = facts
    if forward.paths.isRandom {
      let apart = rows.compactMap(\.figures).filter { abs($0.halvesApart) > 2 }.count
      facts.append(
        .init(
          "convergence",
          "halves of the paths differ by more than 2 standard errors for \(apart) of \(rows.count) rows; "
            + "1 of 22 would by chance"))
    }
    return ResultGroup(
      name, title: title, dimensions: [.init(dimension, .texts(rows.map(\.id)))],
      variables: variables, attributes: facts)
  }

  private static func definition(_ figure: String) -> String {
    switch figure {
    case "probability_of_loss": "of less at the end than was there and paid in"
    case "probability_of_breach": "of a deeper fall than the profile's largest drawdown"
    case "probability_of_floor": "of a fall to the floor at any bar"
    case _ where figure.hasPrefix("return_"): "quantile over paths, on what was there and paid in"
    case _ where figure.hasPrefix("expected_shortfall"): "mean loss of the worst paths, positive"
    case "max_drawdown_mean": "mean over paths of the worst fall from a high, without payments"
    case _ where figure.hasPrefix("max_drawdown"): "a fall that is exceeded as seldom"
    default: "mean over paths, on what was there and paid in"
    }
  }

  private static func convergence(
    _ level: String, _ names: [String], _ rows: [Int], _ samples: ForwardSamples,
    _ forward: ForwardRun
  ) -> ResultGroup {
    let counts = [8, 4, 2, 1].map { forward.paths.count / $0 }.filter { $0 > 1 }
    let found = rows.flatMap { row in counts.flatMap { samples.figures(of: row, first: $0).figures }
    }
    let dimensions = [level, "paths", "figure"]
    return ResultGroup(
      "convergence", title: "Figures of sums over the first paths",
      dimensions: [
        .init(level, .texts(names)), .init("paths", .integers(counts.map(Int64.init))),
        .init("figure", .texts(ForwardFigures.names)),
      ],
      variables: [
        Variable("value", dimensions, found.map(\.value), unit: "fraction").inFile,
        Variable("standard_error", dimensions, found.map(\.standardError), unit: "fraction").inFile,
      ])
  }

  private static func samples(
    _ samples: ForwardSamples, _ names: [String], _ sums: [(name: String, row: Int)],
    _ forward: ForwardRun
  ) -> ResultGroup {
    let paths = (0..<forward.paths.count).map(Int64.init)
    let rows = sums.map(\.row)
    return ResultGroup(
      "samples", title: "Ends of all paths",
      dimensions: [
        .init("portfolio", .texts(names)), .init("sum", .texts(sums.map(\.name))),
        .init("path", .integers(paths)),
      ],
      variables: [
        Variable(
          "value", ["portfolio", "path"], names.indices.flatMap { samples.values(of: $0) },
          unit: "money", definition: "at the end, in the portfolio's currency"
        ).inFile,
        Variable(
          "drawdown", ["portfolio", "path"], names.indices.flatMap { samples.drawdowns(of: $0) },
          unit: "fraction", definition: "the worst fall from a high, without payments"
        ).inFile,
        Variable(
          "total", ["sum", "path"], rows.flatMap { samples.values(of: $0) }, unit: "money",
          definition: "at the end, in the firm's currency"
        ).inFile,
        Variable(
          "total_drawdown", ["sum", "path"], rows.flatMap { samples.drawdowns(of: $0) },
          unit: "fraction", definition: "the worst fall from a high, without payments"
        ).inFile,
      ])
  }

  private static func path(
    _ path: Int, _ forward: ForwardRun, names: [String], _ sums: [(name: String, row: Int)],
    _ paths: SimulateMarket
  ) throws -> ResultGroup {
    let values = try forward.values(path: path)
    let bars = (0..<values.rows).map { Int64($0 + 1) }
    let times = paths.times.isEmpty ? nil : paths.times[path]
    return ResultGroup(
      "path", title: "Path \(path), bar by bar",
      dimensions: [
        .init("bar", times.map { .times($0) } ?? .integers(bars)),
        .init("portfolio", .texts(names)),
        .init("sum", .texts(sums.map(\.name))),
      ],
      variables: [
        Variable(
          "value", ["bar", "portfolio"],
          (0..<values.rows).flatMap { values.row($0)[..<names.count] }, unit: "money",
          definition: "after the bar, in the portfolio's currency"),
        Variable(
          "total", ["bar", "sum"],
          (0..<values.rows).flatMap { bar in sums.map { values[bar, $0.row] } }, unit: "money",
          definition: "after the bar, in the firm's currency"),
      ])
  }
}
