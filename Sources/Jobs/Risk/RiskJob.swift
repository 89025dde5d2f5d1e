import FoundationEssentials
import Glibc
import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage

/// Computes the risk of portfolios and writes it: a row a portfolio, and what the sections tell.
///
/// Rows go to the file as blocks of portfolios are finished, so memory beyond the weights doesn't grow with them but for 33
/// bytes a portfolio while they are ranked.
public struct RiskJob: Sendable {
  /// What came out.
  public struct Outcome: Sendable {
    /// The best portfolios, as many as the spec ranks, and the groups.
    public let best: ResultTable
    /// Number of portfolios.
    public let portfolioCount: Int
    /// Time that returns and metrics took.
    public let computeSeconds: Double
    /// Time from the plan until the files are in place.
    public let seconds: Double
    /// The summary, as written.
    public let summary: RunSummary
    /// Where it was written.
    public let summaryPath: String
  }

  /// What is computed.
  public let plan: RiskPlan
  /// How; the options of a run that have no meaning here are left alone.
  public let options: RunJob.Options

  /// A job.
  public init(plan: RiskPlan, options: RunJob.Options) {
    self.plan = plan
    self.options = options
  }

  /// About how large a run is: memory beyond weights that are in memory anyway, and the result file without its groups.
  public static func size(of plan: RiskPlan, workers: Int) throws -> (
    memoryBytes: Int, fileBytes: Int
  ) {
    let risk = try self.risk(plan, .baseline)
    let (rows, metrics) = (plan.portfolios.portfolioCount, plan.metrics.count)
    let table = plan.returns.barCount * plan.returns.symbolCount * 8
    let block = risk.blockPortfolios * (plan.returns.barCount + plan.portfolios.symbols.count) * 8
    return (
      2 * table + min(workers, risk.blockCount(rows)) * block + rows * 33,
      rows * ((2 + metrics) * 8 + 3 * 16) + (5 + metrics) * 4096
    )
  }

  /// Runs it.
  ///
  /// - Parameters:
  ///   - progress: takes the number of portfolios finished so far; called from workers.
  ///   - isCancelled: asked before each block of portfolios, and by sections.
  /// - Throws: what sections throw, `StorageError`, `RunInterrupted`; then nothing was written.
  public func run(
    progress: @escaping @Sendable (Int) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Outcome {
    let summaryPath = RunJob.summaryPath(options.output)
    for path in [options.output, summaryPath] {
      try checkApart(path, from: [plan.storePath] + plan.inputs + options.inputs)
      try AtomicFile.checkTarget(path, force: options.force)
    }
    var origin = origin
    let clock = ContinuousClock()
    let begin = clock.now
    let weightsHash = try plan.portfolios.contentHash(
      workers: options.workers, isCancelled: isCancelled)
    origin.dataHash = SHA256.hash(plan.marketHash + "\n" + weightsHash)
    let risk = try Self.risk(plan, options.variant)
    var best: [RunRow] = []
    var counts = RiskRows.Counts()
    var groups: [ResultGroup] = []
    var warnings: [RunWarning] = []
    var computed = begin
    var text = ReasonTexts(plan.metrics)
    var written = ResultAttributes()
    // What sections throw is no error of the file, though it is given up for it.
    var failure: (any Error)?
    do throws(StorageError) {
      try ResultStore.write(
        heading, rowCount: plan.portfolios.portfolioCount, to: options.output,
        force: options.force
      ) { writer throws(StorageError) in
        do {
          let rows = RiskRows(plan, writer)
          let isWhole = try compute(risk, rows, progress: progress, isCancelled: isCancelled)
          guard isWhole else { throw RunInterrupted() }
          computed = clock.now
          let order = try rows.finish()
          (best, counts) = (rows.best, rows.counts)
          groups = try sections(order, without: counts.withoutFigures, isCancelled)
          writer.groups = groups
          let failed = counts.failed
          warnings = self.warnings(counts, groups)
          written = origin.attributes(
            lanes: .init(ok: plan.portfolios.portfolioCount - failed, failed: failed),
            seconds: (clock.now - begin).seconds, blasCore: MatrixProduct.blasCore,
            warnings: warnings)
          return written
        } catch let error as StorageError {
          throw error
        } catch {
          failure = error
          throw .invalidContent(part: "rows", reason: "\(error)")
        }
      }
    } catch {
      throw failure ?? error
    }
    var table = table(best, counts, &text)
    table.attributes = written
    table.groups = groups
    let wrote = clock.now
    let summary = origin.summary(
      "risk", of: table, warnings: warnings,
      timings: RunSummary.Timings(
        loadSeconds: 0, simulateSeconds: (computed - begin).seconds,
        writeSeconds: (wrote - computed).seconds))
    try AtomicFile.write(try summary.json(), to: summaryPath, force: options.force)
    return Outcome(
      best: table, portfolioCount: plan.portfolios.portfolioCount,
      computeSeconds: (computed - begin).seconds, seconds: (clock.now - begin).seconds,
      summary: summary, summaryPath: summaryPath)
  }

  private func compute(
    _ risk: PortfolioRisk, _ rows: RiskRows, progress: @escaping @Sendable (Int) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Bool {
    let metrics = plan.metrics
    return try risk.run(
      plan.portfolios, workers: options.workers, isCancelled: isCancelled,
      begin: {
        RiskTile(tile: LaneTile(lanes: $0, rows: $0.count, metrics: metrics.count))
      },
      take: { block, portfolio, outcome in
        switch outcome {
        case .summary(let lane): block.tile.take(portfolio, lane, metrics)
        case .failed(let fault):
          block.tile.fail(portfolio)
          block.faults[portfolio] = fault.reason
        }
      },
      end: { progress(try rows.add($0)) })
  }

  /// What is asked of the portfolios that are looked at in detail, as far as they have figures.
  private func sections(
    _ order: [UInt32], without failed: Set<Int>, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [ResultGroup] {
    let positions =
      switch plan.detail {
      case .best(let count):
        Array(order.lazy.map { Int($0) }.filter { !failed.contains($0) }.prefix(count))
      case .some(let positions): positions.filter { !failed.contains($0) }
      }
    if plan.sections.isEmpty || positions.isEmpty { return [] }
    let input = RiskInput(
      spec: plan.spec, storePath: plan.storePath, panel: plan.panel, symbols: plan.symbols,
      window: plan.window, returns: plan.returns, portfolios: try portfolios(positions),
      riskFree: Self.perBar(plan.spec.riskFree, plan), workers: options.workers,
      variant: options.variant, isCancelled: isCancelled)
    var groups: [ResultGroup] = []
    for section in plan.sections {
      try input.checkCancelled()
      do {
        groups += try section.run(input)
      } catch let error as RiskError {
        throw SpecError.nothingToRun(reason: "risk.\(type(of: section).key): \(error)")
      }
    }
    try input.checkCancelled()
    return groups
  }

  /// Some portfolios over the symbols of the run, in its order.
  private func portfolios(_ positions: [Int]) throws -> WeightTable {
    let table = try plan.portfolios.table(positions)
    if plan.portfolios.symbols == plan.returns.symbols { return table }
    let places = Dictionary(
      uniqueKeysWithValues: plan.returns.symbols.enumerated().map { ($1, $0) })
    var weights = Matrix(rows: table.count, columns: plan.returns.symbolCount)
    for (column, symbol) in plan.portfolios.symbols.enumerated() {
      guard let place = places[symbol] else { continue }
      for row in 0..<table.count { weights[row, place] = table.weights[row, column] }
    }
    return WeightTable(names: table.names, weights: weights)
  }

  private static func risk(_ plan: RiskPlan, _ variant: KernelVariant) throws -> PortfolioRisk {
    var template = LaneSummary()
    template.barsPerYear = plan.returns.barsPerYear
    if let first = plan.returns.timeNs.first, let last = plan.returns.timeNs.last {
      template.calendarDays = Double(last - first + plan.panel.frequencyNs) / 86_400e9
    }
    template.context = plan.context
    template.riskFreePerBar = perBar(plan.spec.riskFree, plan)
    template.minimumAcceptablePerBar = perBar(plan.spec.minimumAcceptable, plan)
    return try PortfolioRisk(
      returns: plan.returns, symbols: plan.portfolios.symbols, metrics: plan.metrics,
      template: template, missing: plan.missing, kernels: variant.kernels)
  }

  private static func perBar(_ annual: Double, _ plan: RiskPlan) -> Double {
    LaneSummary.ratePerBar(annual: annual, barsPerYear: plan.returns.barsPerYear)
  }
}
