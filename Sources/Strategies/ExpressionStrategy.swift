import Expressions
import Kernels
import Market
import Simulation

/// A strategy that the user wrote as text: conditions to enter and leave, prices of orders, distances of stops, a size.
public struct ExpressionStrategy: Sendable {
  /// The parameter sets.
  public let grid: ParameterGrid
  /// What the signals compute.
  public let graph: ExpressionGraph
  /// Names of the fields that the signals read.
  public let fields: [String]
  /// Whether any set asks for what the vector kernel can't do.
  public let needsRuleBook: Bool
  private let signals: [Int?]
  private let levels: [Int?]
  private let terms: [TermValues]
  private let sizing: LaneTerms.Sizing
  private let clock: ClockColumns
  private var sections: CrossSections?
  private var memory: ExpressionMemory?
  private let usesShort: Bool

  /// Names of the four signals, in the order of the engine.
  public static let signalNames = ["long_entry", "long_exit", "short_entry", "short_exit"]
  /// Names of the prices of orders.
  public static let levelNames = ["entry_limit", "entry_stop", "exit_limit"]

  /// Compiles a strategy and checks it for every parameter set.
  ///
  /// - Parameters:
  ///   - source: the texts; its weights are `ExpressionWeights`' and not read.
  ///   - grid: the parameter sets.
  ///   - panel: where prices come from; one with a field `Universe.field` is held to it: nothing is bought where that is 0,
  ///     what is held there is sold, and functions across symbols look at the others only.
  ///   - zoneOffset: nanoseconds to add to UTC for the panel's zone at an instant.
  /// - Throws: `StrategyError`, which names the text at fault.
  public init(
    source: Source, grid: ParameterGrid, panel: PricePanel, zoneOffset: (Int64) -> Int64
  ) throws(StrategyError) {
    self.grid = grid
    var compiler = StrategyCompiler(panel: panel, grid: grid, parts: source.parts)
    var signals: [Int?] = []
    let texts = [source.longEntry, source.longExit, source.shortEntry, source.shortExit]
    for (name, text) in zip(Self.signalNames, texts) {
      signals.append(try compiler.condition(name, text))
    }
    try compiler.term(.stopLoss, source.stopLoss)
    try compiler.term(.takeProfit, source.takeProfit)
    try compiler.term(.trailingStop, source.trailingStop)
    try compiler.size(source.size, grid)
    try compiler.term(.maxBars, source.maxBars)
    try compiler.term(.pyramid, source.pyramid)
    try compiler.term(.reentryDelay, source.reentryDelay)
    try compiler.term(.reverse, source.reverse)
    var levels: [Int?] = []
    let prices = [source.entryLimit, source.entryStop, source.exitLimit]
    for (name, text) in zip(Self.levelNames, prices) {
      levels.append(try compiler.number(name, text))
    }
    levels.append(compiler.sizeNode)
    try compiler.checkParts()
    try Self.checkCompleteness(source, signals, compiler)
    self.levels = levels
    sizing = compiler.sizing
    terms = compiler.terms.map { TermValues($0.term, $0.expression, grid) }
    if let leaning = compiler.leaning {
      for (entry, isLong) in [(0, true), (2, false)] {
        signals[entry] = signals[entry].map {
          compiler.compiler.restrict(entry: $0, toSign: isLong, of: leaning)
        }
      }
    }
    if panel.fieldIndex(Universe.field) != nil {
      for (entry, exit) in [(0, 1), (2, 3)] {
        guard let condition = signals[entry] else { continue }
        (signals[entry], signals[exit]) = compiler.compiler.restrict(
          entry: condition, exit: signals[exit], to: Universe.field)
      }
    }
    self.signals = signals
    usesShort = signals[2] != nil
    graph = compiler.compiler.graph
    fields = graph.fields
    clock = ClockColumns(graph: graph, panel: panel, zoneOffset: zoneOffset)
    sections =
      graph.looksAcross
      ? CrossSections(panel: panel, graph: graph, axes: grid.axes, clock: clock) : nil
    try Self.checkTerms(terms, grid)
    let isPlain = terms.allSatisfy { term in
      grid.representatives(of: term.axes).allSatisfy { term.term.isPlain(term.value(grid, $0)) }
    }
    needsRuleBook = !isPlain || compiler.sizing != .fraction || levels.contains { $0 != nil }
    try checkArguments(texts + prices)
  }

  private static func checkCompleteness(
    _ source: Source, _ signals: [Int?], _ compiler: StrategyCompiler
  ) throws(StrategyError) {
    guard signals[0] != nil || signals[2] != nil else { throw .noEntry }
    for (entry, exit) in [(0, 1), (2, 3)] where signals[entry] == nil && signals[exit] != nil {
      throw .exitWithoutEntry(exit: signalNames[exit], entry: signalNames[entry])
    }
    if compiler.sizing == .risk, source.stopLoss == nil {
      throw .missing(part: "size.risk", needs: "'stop_loss', the distance at which it is lost")
    }
    if source.reverse != nil, signals[0] == nil || signals[2] == nil {
      throw .missing(part: "reverse", needs: "both 'long_entry' and 'short_entry'")
    }
  }

  /// Checks distances and size at every parameter set.
  private static func checkTerms(_ terms: [TermValues], _ grid: ParameterGrid)
    throws(StrategyError)
  {
    for term in terms {
      for point in grid.representatives(of: term.axes) {
        let value = term.value(grid, point)
        guard term.term.accepts(value) else {
          throw .termRange(
            name: term.term.name, value: value, expected: term.term.expected,
            parameters: term.axes.isEmpty ? "" : grid.describe(point: point))
        }
      }
    }
  }

  /// Checks that no set asks for more of equity than an account may hold.
  ///
  /// - Throws: `StrategyError.termRange`.
  public func checkFraction(leverage: Double) throws(StrategyError) {
    for term in terms where term.term == .size(.fraction) {
      for point in grid.representatives(of: term.axes) {
        let value = term.value(grid, point)
        if value <= leverage { continue }
        let most = leverage == 1 ? "1 unless account.leverage is above it" : "account.leverage"
        throw .termRange(
          name: term.term.name, value: value, expected: "a fraction above 0, at most \(most)",
          parameters: term.axes.isEmpty ? "" : grid.describe(point: point))
      }
    }
  }

  private func checkArguments(_ texts: [String?]) throws(StrategyError) {
    let names = Self.signalNames + Self.levelNames + ["size"]
    for (index, node) in (signals + levels).enumerated() {
      guard let node else { continue }
      do throws(ExpressionError) {
        try graph.checkArguments(of: node, grid: grid)
      } catch {
        throw StrategyCompiler.error(
          error, in: names[index], index < texts.count ? texts[index] : nil)
      }
    }
  }
}

extension ExpressionStrategy: LaneStrategy {
  /// Number of parameter sets.
  public var setCount: Int { grid.count }
  /// Whether there is a short entry.
  public var entersShort: Bool { usesShort }

  /// Distances and size of a set.
  public func terms(of set: Int) -> LaneTerms { terms(of: set..<set + 1)[0] }

  /// Distances and size of neighbouring sets.
  public func terms(of sets: Range<Int>) -> [LaneTerms] {
    var fresh = LaneTerms()
    fresh.sizing = sizing
    if levels[3] != nil { fresh.size = .nan }
    var result = Array(repeating: fresh, count: sets.count)
    let points = sharesTerms ? Array(repeating: 0, count: sets.count) : grid.points.list(sets)
    // Term by term: what workers share is counted once for all sets, not for each.
    for term in terms {
      for (index, value) in term.values(grid, points).enumerated() {
        term.term.set(value, in: &result[index])
      }
    }
    return result
  }

  /// Cuts where about as many vectors lie before as behind: those of a grid with gaps are not all full.
  public func cuts(parts: Int) -> [Int] { LaneVectors.cuts(grid, parts: parts) }

  /// Lays out the signals of some sets.
  public func program(sets: Range<Int>) throws -> any LaneProgram {
    ExpressionProgram(
      program: try memory?.signals?.program ?? signalProgram(sets: sets), clock: clock,
      sections: sections, memory: memory?.signals)
  }

  private func signalProgram(sets: Range<Int>) throws(ExpressionError) -> SignalProgram {
    try SignalProgram(
      graph: graph, signals: signals, numbers: levels.contains { $0 != nil } ? levels : [],
      grid: grid, sets: sets)
  }

  /// What the bars before a run's window leave in signals of one parameter set, for runs that have them in common; nil if there are none.
  ///
  /// - Parameter past: has those bars, and lifetimes as they are on the panels of the runs.
  package func memory(
    of past: PricePanel, before run: LaneRun, kernels: KernelTable
  ) throws -> ExpressionMemory? {
    var frame = CrossSection.Frame(run)
    guard grid.count == 1, frame.historyStart < frame.firstTrading else { return nil }
    frame.end = frame.firstTrading
    return ExpressionMemory(
      CrossSection(
        frame, panel: past, graph: graph, axes: grid.axes, clock: clock, kernels: kernels),
      signals: try signalProgram(sets: 0..<1))
  }

  /// The same strategy over another panel of the same bars and symbols.
  ///
  /// - Parameter memory: of the bars before the window, which the panel has too, for runs whose history starts with the window; nil to
  ///   look at all of them again.
  package func over(_ panel: PricePanel, memory: ExpressionMemory?) -> ExpressionStrategy {
    var strategy = self
    strategy.memory = memory
    if sections != nil {
      strategy.sections = CrossSections(
        panel: panel, graph: graph, axes: grid.axes, clock: clock, memory: memory)
    }
    return strategy
  }

  /// Whether any set has a stop, a target or a trailing stop.
  public var hasLevels: Bool {
    terms.contains { [.stopLoss, .takeProfit, .trailingStop].contains($0.term) }
  }
  /// Whether entries or exits have a price.
  public var pricesOrders: Bool { levels.prefix(3).contains { $0 != nil } }
  /// Whether any set has a trailing stop.
  public var trails: Bool { terms.contains { $0.term == .trailingStop } }
  /// Whether every set commits all its equity.
  public var commitsAll: Bool {
    guard sizing == .fraction, levels[3] == nil else { return false }
    guard let fraction = terms.first(where: { $0.term == .size(.fraction) }) else { return true }
    return fraction.axes.isEmpty && fraction.value(grid, 0) == 1
  }
  /// Whether distances and size are the same for every set.
  public var sharesTerms: Bool { terms.allSatisfy { $0.axes.isEmpty } }
}
