import Interchange
import Kernels
import Market
import Risk
import Storage
import Synchronization

/// `risk.brinson`: what made the difference to a benchmark, by sector.
struct BrinsonSection: RiskSection {
  static let key = "brinson"
  static let summary = "allocation, selection and interaction against a benchmark, by sector"

  /// Whose weights portfolios are compared with.
  private enum Benchmark: Sendable {
    /// All symbols alike.
    case equal
    /// In proportion to a field, from the bar before.
    case field(String)
    /// One portfolio of a file.
    case file(String)
  }

  private static let groupings = ["sector", "industry", "exchange", "currency"]
  private static let periods = ["month", "quarter", "year"]

  private let benchmark: Benchmark
  private let grouping: String
  private let period: String

  var files: [String] { if case .file(let name) = benchmark { [name] } else { [] } }

  init(_ reader: inout SpecReader) throws(SpecError) {
    let expected = "\"equal\", \"market_cap\", { field: \"market_cap\" } or { file: \"index.csv\" }"
    let json = reader.optional("benchmark")
    switch (json?.value, json) {
    case (.string("equal"), _): benchmark = .equal
    case (.string("market_cap"), _): benchmark = .field("market_cap")
    case (.object, let json?):
      var inner = try SpecReader(json, path: reader.at("benchmark"))
      let file = try inner.string("file", "the path of a file with one portfolio")
      let field = try inner.string("field", "the name of a field")
      try inner.finish()
      switch (file, field) {
      case (let file?, nil) where !file.isEmpty: benchmark = .file(file)
      case (nil, let field?): benchmark = .field(field)
      default:
        throw .value(
          path: inner.path, line: inner.place.line, found: "neither or both of file and field",
          expected: expected)
      }
    case (_, let json?): throw reader.wrong("benchmark", json, expected)
    default: benchmark = .equal
    }
    grouping = try reader.choice("by", "grouping", of: Self.groupings) ?? "sector"
    period = try reader.choice("period", "period", of: Self.periods) ?? "year"
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    let (names, groups) = try grouped(input)
    let weights = try benchmarkWeights(input)
    let (labels, ranges) = periods(input.returns.timeNs)
    let count = input.portfolios.count
    let found = Mutex([Outcome?](repeating: nil, count: count))
    let finished = try TileLoop(tiles: count, workers: input.workers).run(
      isCancelled: input.isCancelled, room: {}
    ) { portfolio, _ in
      let outcome = outcome(
        of: portfolio, input, groups: groups, names: names, weights: weights, ranges: ranges)
      found.withLock { $0[portfolio] = outcome }
    }
    guard finished else { throw RunInterrupted() }
    let outcomes = found.withLock { $0.compactMap { $0 } }
    return [group(input, names + ["cash"], labels, outcomes)]
  }

  /// Linked effects of a portfolio.
  private struct Outcome: Sendable {
    /// Allocation, selection, interaction by group: 3 × `[G]`.
    var byGroup: [[Double]]
    /// Allocation, selection, interaction and active return by period: 4 × `[periods]`.
    var byPeriod: [[Double]]
    /// Mean weights, of the portfolio and the benchmark: 2 × `[G]`.
    var weights: [[Double]]
    var portfolio: Double
    var benchmark: Double
    var note: String?
  }

  private func outcome(
    of portfolio: Int, _ input: RiskInput, groups: [Int], names: [String],
    weights: @escaping @Sendable (Int) -> [Double], ranges: [Range<Int>]
  ) -> Outcome {
    do throws(RiskError) {
      let whole = try BrinsonAttribution(
        of: input.returns, groups: groups, names: names,
        weights: input.portfolios.weights.row(portfolio), benchmark: { weights($0) })
      var byPeriod = [[Double]](repeating: [], count: 4)
      for range in ranges {
        let part = try BrinsonAttribution(
          groups: whole.groups, periods: Array(whole.periods[range]))
        byPeriod[0].append(part.allocation.reduce(0, +))
        byPeriod[1].append(part.selection.reduce(0, +))
        byPeriod[2].append(part.interaction.reduce(0, +))
        byPeriod[3].append(part.active)
      }
      return Outcome(
        byGroup: [whole.allocation, whole.selection, whole.interaction], byPeriod: byPeriod,
        weights: [
          Self.mean(whole.periods.map(\.weights)), Self.mean(whole.periods.map(\.benchmarkWeights)),
        ], portfolio: whole.portfolio, benchmark: whole.benchmark)
    } catch {
      let nothing = [Double](repeating: .nan, count: names.count + 1)
      return Outcome(
        byGroup: [nothing, nothing, nothing],
        byPeriod: Array(repeating: ranges.map { _ in .nan }, count: 4),
        weights: [nothing, nothing],
        portfolio: .nan, benchmark: .nan, note: "\(input.portfolios.names[portfolio]): \(error)")
    }
  }

  private static func mean(_ rows: [[Double]]) -> [Double] {
    guard var sums = rows.first else { return [] }
    for row in rows.dropFirst() { for index in sums.indices { sums[index] += row[index] } }
    return sums.map { $0 / Double(rows.count) }
  }

  private func group(
    _ input: RiskInput, _ groups: [String], _ periods: [String], _ outcomes: [Outcome]
  ) -> ResultGroup {
    let two = ["portfolio", "group"]
    let effects = ["allocation", "selection", "interaction"]
    let byGroup = effects.indices.map { effect in
      ResultGroup.Variable(
        effects[effect], two, outcomes.flatMap { $0.byGroup[effect] }, unit: "fraction",
        definition: "linked over time (Cariño)")
    }
    let byPeriod = (effects + ["active"]).enumerated().map { effect, name in
      ResultGroup.Variable(
        "\(name)_by_period", ["portfolio", "period"], outcomes.flatMap { $0.byPeriod[effect] },
        unit: "fraction")
    }
    func one(_ name: String, _ value: (Outcome) -> Double) -> ResultGroup.Variable {
      .init(name, ["portfolio"], outcomes.map(value), unit: "fraction")
    }
    let notes = outcomes.compactMap(\.note)
    let against =
      switch benchmark {
      case .equal: "all symbols alike"
      case .field(let field): "by \(field) at the bar before"
      case .file(let name): name
      }
    return ResultGroup(
      "brinson", title: "Active return by \(grouping): Brinson and Fachler",
      dimensions: [
        .init("portfolio", .texts(input.portfolios.names)), .init("group", .texts(groups)),
        .init("period", .texts(periods)),
      ],
      variables: [
        one("portfolio_return", \.portfolio), one("benchmark_return", \.benchmark),
        one("active_return") { $0.portfolio - $0.benchmark },
        one("total_allocation") { $0.byGroup[0].reduce(0, +) },
        one("total_selection") { $0.byGroup[1].reduce(0, +) },
        one("total_interaction") { $0.byGroup[2].reduce(0, +) },
      ] + byGroup + [
        .init(
          "mean_weight", two, outcomes.flatMap { $0.weights[0] }, unit: "fraction"),
        .init(
          "mean_benchmark_weight", two, outcomes.flatMap { $0.weights[1] }, unit: "fraction"),
      ] + byPeriod,
      attributes: [ResultTable.Attribute("benchmark", against)]
        + (notes.isEmpty ? [] : [ResultTable.Attribute("notes", notes.joined(separator: "; "))]))
  }

  // MARK: What it is made of

  /// Names of the groups in the order of their first symbols, and the group of each symbol.
  private func grouped(_ input: RiskInput) throws -> (names: [String], groups: [Int]) {
    let labels = input.symbols.map { symbol in
      let entry = input.panel.symbols[symbol]
      switch grouping {
      case "industry": return entry.industry
      case "exchange": return entry.exchange
      case "currency": return entry.currency
      default: return entry.sector
      }
    }
    guard labels.contains(where: { !$0.isEmpty }) else {
      throw SpecError.nothingToRun(
        reason: "risk.brinson.by: the store knows no \(grouping) of any symbol; "
          + "import it with --symbols FILE")
    }
    var names: [String] = []
    var places: [String: Int] = [:]
    let groups = labels.map { label -> Int in
      let name = label.isEmpty ? "unknown" : label
      if let place = places[name] { return place }
      places[name] = names.count
      names.append(name)
      return names.count - 1
    }
    return (names, groups)
  }

  /// Weights of the benchmark at a bar of the returns, from what is known before it.
  private func benchmarkWeights(_ input: RiskInput) throws -> @Sendable (Int) -> [Double] {
    let width = input.symbols.count
    switch benchmark {
    case .equal:
      let equal = [Double](repeating: 1, count: width)
      return { _ in equal }
    case .field(let name):
      let panel = input.panel
      guard let field = panel.fieldIndex(name) else {
        throw SpecError.unknownName(
          path: "risk.brinson.benchmark", line: 0, kind: "field", name: name,
          nearest: nearestName(to: name, among: panel.fields),
          hint: "panel \(panel.name) has: \(panel.fields.joined(separator: ", "))")
      }
      // The last value before each bar, from the beginning of the panel on.
      let first = input.window.upperBound - input.returns.barCount
      var known = [Double](repeating: 0, count: width)
      var rows: [Double] = []
      rows.reserveCapacity(input.returns.barCount * width)
      for bar in 0..<input.window.upperBound {
        if bar >= first { rows += known }
        for (place, symbol) in input.symbols.enumerated() {
          let value = panel.value(field: field, bar: bar, symbol: symbol)
          if value > 0, value.isFinite { known[place] = value }
        }
      }
      let all = rows
      return { bar in Array(all[bar * width..<(bar + 1) * width]) }
    case .file(let name):
      let path = input.spec.path(of: name)
      let file = try SideFileError.weights(path)
      guard file.portfolios.count == 1 else {
        throw SpecError.value(
          path: "risk.brinson.benchmark.file", line: 0,
          found: "\(file.portfolios.count) portfolios in \(path)", expected: "one")
      }
      var weights = [Double](repeating: 0, count: width)
      for (symbol, weight) in zip(file.symbols, file.values) where weight > 0 {
        guard let place = input.returns.symbols.firstIndex(of: symbol) else {
          throw SpecError.unknownName(
            path: "risk.brinson.benchmark.file", line: 0, kind: "symbol", name: symbol,
            nearest: nearestName(to: symbol, among: input.returns.symbols),
            hint: "\(path) has a weight for it, and the run does not know it: see data.symbols")
        }
        weights[place] = weight
      }
      if let bad = zip(file.symbols, file.values).first(where: { $1 < 0 }) {
        throw SpecError.value(
          path: "risk.brinson.benchmark.file", line: 0, found: "\(bad.1) for \(bad.0) in \(path)",
          expected: "weights from 0")
      }
      let settled = weights
      return { _ in settled }
    }
  }

  /// Names of calendar periods, and their bars.
  private func periods(_ timeNs: [Int64]) -> (labels: [String], ranges: [Range<Int>]) {
    let all = timeNs.map { ns -> String in
      let date = CivilDate(daysSinceEpoch: Timestamp.split(ns).day)
      switch period {
      case "year": return "\(date.year)"
      case "quarter": return "\(date.year)-Q\((date.month + 2) / 3)"
      default: return String(date.description.prefix(7))
      }
    }
    var labels: [String] = []
    var ranges: [Range<Int>] = []
    for (bar, label) in all.enumerated() {
      if label == labels.last {
        ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<bar + 1
      } else {
        labels.append(label)
        ranges.append(bar..<bar + 1)
      }
    }
    return (labels, ranges)
  }
}
