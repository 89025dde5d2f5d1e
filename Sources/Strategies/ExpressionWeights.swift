import Expressions
import Kernels
import Market
import Simulation

/// Target weights that the user wrote as one expression: evaluated for each symbol, at the bars that are asked for.
///
/// What runs through time (`ema`, `lag`, …) is computed for all bars, once for each distinct choice of the parameters that it
/// reads; what looks at one bar only at bars that are asked for. Both are shared by all sets and workers.
public struct ExpressionWeights: WeightSource {
  /// The parameter sets.
  public let grid: ParameterGrid
  /// What the weights compute.
  public let graph: ExpressionGraph
  /// Bars, from the first of history on, for which each set is warming.
  private let warmups: [Int]
  private let plan: RowPlan
  private let kernels: KernelTable
  private var tables: RowTables

  /// Number of parameter sets.
  public var setCount: Int { grid.count }
  /// Number of symbols.
  public var symbolCount: Int { tables.frame.symbols.count }
  /// Names of the fields that the weights read.
  public var fields: [String] { graph.fields }

  /// Compiles weights and checks them for every parameter set.
  ///
  /// - Parameters:
  ///   - source: the texts: `weights` and the parts that it may use.
  ///   - grid: the parameter sets.
  ///   - panel: where prices come from; a symbol that a field `Universe.field` leaves out has a weight of 0.
  ///   - symbols: positions in the panel of the portfolio's symbols, among which functions across symbols look.
  ///   - window: bars in which portfolios trade.
  ///   - historyStart: first bar that is seen.
  ///   - bars: the bars that will mostly be asked for; nil for any. Others may be, at the price of keeping all bars.
  ///   - kernels: loops of an instruction set, none of which changes a bit.
  ///   - zoneOffset: nanoseconds to add to UTC for the panel's zone at an instant.
  /// - Throws: `StrategyError`, which names the text at fault.
  public init(
    source: ExpressionStrategy.Source, grid: ParameterGrid, panel: PricePanel, symbols: [Int],
    window: Range<Int>, historyStart: Int = 0, bars: [Int]? = nil, kernels: KernelTable,
    zoneOffset: (Int64) -> Int64
  ) throws(StrategyError) {
    precondition(historyStart <= window.lowerBound && window.upperBound <= panel.barCount)
    var compiler = StrategyCompiler(panel: panel, grid: grid, parts: source.parts)
    guard var root = try compiler.number("weights", source.weights) else {
      throw .missing(part: "rebalance", needs: "'weights'")
    }
    let given = source.texts.filter { $0.text != nil && $0.key != "weights" }.map(\.key)
    if let other = given.first ?? source.size.map({ _ in "size" }) {
      throw .conflict(part: other, with: "weights")
    }
    try compiler.checkParts()
    if panel.fieldIndex(Universe.field) != nil {
      root = compiler.compiler.hold(weight: root, to: Universe.field)
    }
    let graph = compiler.compiler.graph
    self.grid = grid
    self.graph = graph
    self.kernels = kernels
    do throws(ExpressionError) {
      try graph.checkArguments(of: root, grid: grid)
      let program = try SignalProgram(
        graph: graph, signals: [], numbers: [root], grid: grid, sets: 0..<grid.count)
      var warmups = [Int](repeating: 0, count: grid.count)
      for (place, set) in program.sets.enumerated() where set >= 0 {
        warmups[set] = program.warmups[place]
      }
      self.warmups = warmups
    } catch {
      throw StrategyCompiler.error(error, in: "weights", source.weights)
    }
    plan = RowPlan(graph: graph, root: root, grid: grid)
    let clock = ClockColumns(graph: graph, panel: panel, zoneOffset: zoneOffset)
    let frame = CrossSection.Frame(symbols: symbols, window: window, historyStart: historyStart)
    tables = RowTables(
      CrossSection(
        frame, panel: panel, graph: graph, axes: grid.axes, clock: clock, kernels: kernels),
      bars: bars)
  }

  /// What the bars before the window leave in weights of one parameter set, for runs that have them in common; nil if there are none.
  ///
  /// - Parameter past: has those bars, and lifetimes as they are on the panels of the runs.
  package func memory(of past: PricePanel) -> ExpressionMemory? {
    var frame = tables.frame
    guard grid.count == 1, frame.historyStart < frame.firstTrading else { return nil }
    frame.end = frame.firstTrading
    return ExpressionMemory(tables.section.over(past, frame), signals: nil)
  }

  /// The same weights over another panel of the same bars and symbols.
  ///
  /// - Parameter memory: of the bars before the window, which the panel has too; nil to look at all of them again.
  package func over(_ panel: PricePanel, memory: ExpressionMemory?) -> ExpressionWeights {
    let frame = tables.frame
    let section =
      memory.map { $0.past.following($0, to: frame.end, on: panel) }
      ?? tables.section.over(panel, frame)
    var weights = self
    weights.tables = RowTables(section, like: tables)
    return weights
  }

  /// Bars from the first of history on for which a set is warming.
  public func warmup(of set: Int) -> Int { warmups[set] }

  /// Something that computes weights; one for each worker.
  public func makeEvaluator() -> any WeightEvaluator {
    RowEvaluator(plan: plan, grid: grid, tables: tables, kernels: kernels)
  }
}
