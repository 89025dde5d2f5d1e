import FoundationEssentials
import Market
import Metrics
import Simulation
import Storage

/// Where a result comes from: what every family of jobs tells of its spec, its market and its machine, in the same words.
///
/// A job makes one before it computes; then `attributes` go into its file and `summary` beside that.
struct ResultOrigin: Sendable {
  /// How many rows have figures, and how many don't.
  struct Lanes: Sendable {
    var ok: Int
    var failed: Int
  }

  /// The spec.
  let spec: Spec
  /// Path of the store.
  let storePath: String
  /// Prices.
  let panel: PricePanel
  /// Number of its columns that take part.
  let symbolCount: Int
  /// Bars of it that numbers are of.
  let bars: Range<Int>
  /// Which engine computes, and why.
  let route: String
  /// Hash of all values that numbers follow from.
  var dataHash: String
  /// Path of the result.
  let output: String
  /// Number of workers.
  let workers: Int
  /// Instruction set.
  let variant: KernelVariant
  /// When the job began.
  let started = Date()
  /// How bars are walked through; by default as the spec's execution says.
  var intrabar: String
  /// What statistics are of: `bars` or `days`.
  var statistics = "bars"
  /// Symbol that relative metrics are against; by default the spec's.
  var benchmark: String?
  /// Which rows are kept: `all` or `top`.
  var kept = "all"

  /// The origin of a result over some bars of a panel.
  init(
    spec: Spec, storePath: String, panel: PricePanel, symbolCount: Int, bars: Range<Int>,
    route: String, dataHash: String, output: String, workers: Int, variant: KernelVariant
  ) {
    (self.spec, self.storePath, self.panel) = (spec, storePath, panel)
    (self.symbolCount, self.bars, self.route) = (symbolCount, bars, route)
    (self.dataHash, self.output) = (dataHash, output)
    (self.workers, self.variant) = (workers, variant)
    intrabar = spec.execution.intrabar.rawValue
    benchmark = spec.benchmark
  }

  /// Attributes of the result's file.
  ///
  /// - Parameters:
  ///   - lanes: numbers of rows.
  ///   - seconds: time that the job took so far.
  ///   - blasCore: name of the BLAS kernels; nil if none took part.
  ///   - warnings: what the reader should know.
  func attributes(lanes: Lanes, seconds: Double, blasCore: String?, warnings: [RunWarning])
    -> ResultAttributes
  {
    var attributes = ResultAttributes()
    attributes.spec = spec.text
    attributes.specSHA256 = SHA256.hash(spec.text)
    attributes.dataSHA256 = dataHash
    attributes.folder = spec.folder
    attributes.route = route
    attributes.engineVersion = apusVersion
    attributes.cpu = "\(Machine.processor), kernel \(variant.rawValue)"
    attributes.blasCore = blasCore ?? "not used"
    let startNs = Int64(started.timeIntervalSince1970) * 1_000_000_000
    attributes.startedUTC = Timestamp.text(nanoseconds: startNs, shortAtMidnight: false)
    attributes.seconds = seconds
    attributes.kept = kept
    attributes.lanesOK = Int64(lanes.ok)
    attributes.lanesFailed = Int64(lanes.failed)
    attributes.convention = spec.convention.name
    attributes.statistics = statistics
    attributes.benchmark = benchmark ?? ""
    attributes.store = storePath
    attributes.panel = panel.name
    attributes.fill = spec.fillName
    attributes.adjust = spec.adjustment.rawValue
    attributes.barsPerYear = panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs)
    attributes.bars = Int64(bars.count)
    attributes.from = Timestamp.text(nanoseconds: panel.time.ns[bars.lowerBound])
    attributes.to = Timestamp.text(nanoseconds: panel.time.ns[bars.upperBound - 1])
    attributes.warnings = warnings.attributeText
    return attributes
  }

  /// The summary beside the result.
  ///
  /// - Parameters:
  ///   - kind: the family of the job: `sweep`, `backtest`, `risk`, `allocate`.
  ///   - table: the best rows, with `attributes` and groups.
  ///   - rows: rows of the leaderboard; nil for those of the table as they are.
  ///   - warnings: what the reader should know.
  ///   - timings: where the time went.
  func summary(
    _ kind: String, of table: ResultTable, rows: [RunSummary.Row]? = nil, warnings: [RunWarning],
    timings: RunSummary.Timings
  ) -> RunSummary {
    let attributes = table.attributes
    return RunSummary(
      kind: kind, name: spec.name,
      result: output.split(separator: "/").last.map(String.init) ?? output,
      provenance: RunSummary.Provenance(
        engineVersion: attributes.engineVersion, specSha256: attributes.specSHA256,
        dataSha256: attributes.dataSHA256, cpu: attributes.cpu, blasCore: attributes.blasCore,
        startedUtc: attributes.startedUTC, seconds: attributes.seconds, threads: workers),
      run: RunSummary.Run(
        panel: attributes.panel, calendar: panel.calendar.name,
        barsPerYear: attributes.barsPerYear, bars: Int(attributes.bars), from: attributes.from,
        to: attributes.to, symbols: symbolCount, lanesOk: Int(attributes.lanesOK),
        lanesFailed: Int(attributes.lanesFailed), fill: attributes.fill, intrabar: intrabar,
        route: attributes.route, adjust: attributes.adjust, convention: attributes.convention,
        statistics: attributes.statistics, benchmark: benchmark),
      leaderboard: RunSummary.Leaderboard(
        by: table.leaderboardBy, direction: table.leaderboardDirection,
        rows: rows ?? LeaderboardRows(table).rows(top: spec.top)),
      warnings: warnings, timings: timings,
      sections: table.groups.isEmpty
        ? nil
        : Dictionary(table.groups.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }
}

extension ResultTable.Column {
  /// A metric's values, with all that a reader needs to know of it.
  init(_ metric: any Metric, _ values: [Double], by convention: Convention) {
    var attributes = [
      ResultTable.Attribute("unit", metric.unit.rawValue),
      ResultTable.Attribute("direction", metric.direction.rawValue),
      ResultTable.Attribute("definition", metric.definition),
    ]
    if convention.defines(metric.name) {
      attributes.append(ResultTable.Attribute("convention", convention.name))
    }
    self.init(name: metric.name, values: values, attributes: attributes)
  }
}
