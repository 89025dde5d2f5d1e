import Expressions
import Kernels
import Market
import Simulation

/// A strategy that the user wrote as text: conditions to enter and leave, distances of stops, a size.
public struct ExpressionStrategy: Sendable {
  /// The texts of a strategy, as a spec holds them.
  ///
  /// Distances and size are expressions of numbers and parameters.
  public struct Source: Sendable, Equatable {
    /// Named parts that the other texts may use.
    public var parts: [String: String] = [:]
    /// When to open a long position.
    public var longEntry: String?
    /// When to close it.
    public var longExit: String?
    /// When to open a short position.
    public var shortEntry: String?
    /// When to close it.
    public var shortExit: String?
    /// Distance of the stop, as a fraction of the entry price.
    public var stopLoss: String?
    /// Distance of the target, as a fraction of the entry price.
    public var takeProfit: String?
    /// Distance of the trailing stop, as a fraction of the best price since the entry.
    public var trailingStop: String?
    /// Fraction of equity that an entry commits.
    public var fraction: String?

    /// A strategy without any text.
    public init() {}
  }

  /// The parameter sets.
  public let grid: ParameterGrid
  /// What the signals compute.
  public let graph: ExpressionGraph
  /// Names of the fields that the signals read.
  public let fields: [String]
  private let signals: [Int?]
  private let terms: [Term?]
  private let clock: ClockColumns
  private let usesShort: Bool

  /// Names of the four signals, in the order of the engine.
  public static let signalNames = ["long_entry", "long_exit", "short_entry", "short_exit"]
  /// Names of the distances and the size, in the order of `terms`.
  public static let termNames = [
    "stop_loss", "take_profit", "trailing_stop", "size.fraction_of_equity",
  ]

  /// Compiles a strategy and checks it for every parameter set.
  ///
  /// - Parameters:
  ///   - source: the texts.
  ///   - grid: the parameter sets.
  ///   - panel: where prices come from; one with a field `Universe.field` is held to it: nothing is bought where that is 0,
  ///     and what is held there is sold.
  ///   - zoneOffset: nanoseconds to add to UTC for the panel's zone at an instant.
  /// - Throws: `StrategyError`, which names the text at fault.
  public init(
    source: Source, grid: ParameterGrid, panel: PricePanel, zoneOffset: (Int64) -> Int64
  ) throws(StrategyError) {
    self.grid = grid
    var compiler = ExpressionCompiler(
      scope: ExpressionScope(
        fields: panel.fields, parameters: grid.axes.map(\.name), parts: source.parts))
    var signals: [Int?] = []
    let texts = [source.longEntry, source.longExit, source.shortEntry, source.shortExit]
    for (name, text) in zip(Self.signalNames, texts) {
      do throws(ExpressionError) {
        signals.append(
          try text.map { text throws(ExpressionError) in try compiler.condition(text) })
      } catch {
        throw Self.error(error, in: name, text)
      }
    }
    var terms: [ConstantExpression?] = []
    let numbers = [source.stopLoss, source.takeProfit, source.trailingStop, source.fraction]
    for (name, text) in zip(Self.termNames, numbers) {
      do throws(ExpressionError) {
        terms.append(try text.map { text throws(ExpressionError) in try compiler.constant(text) })
      } catch {
        throw Self.error(error, in: name, text)
      }
    }
    // Parts that nothing uses are checked all the same, but not computed.
    var unused = compiler
    do throws(ExpressionError) {
      try unused.checkParts()
    } catch {
      throw Self.error(error, in: "let", nil)
    }
    guard signals[0] != nil || signals[2] != nil else { throw .noEntry }
    for (entry, exit) in [(0, 1), (2, 3)] where signals[entry] == nil && signals[exit] != nil {
      throw .exitWithoutEntry(exit: Self.signalNames[exit], entry: Self.signalNames[entry])
    }
    if panel.fieldIndex(Universe.field) != nil {
      for (entry, exit) in [(0, 1), (2, 3)] {
        guard let condition = signals[entry] else { continue }
        (signals[entry], signals[exit]) = compiler.restrict(
          entry: condition, exit: signals[exit], to: Universe.field)
      }
    }
    self.signals = signals
    self.terms = terms.map { $0.map { Term($0, grid) } }
    usesShort = signals[2] != nil
    graph = compiler.graph
    fields = compiler.graph.fields
    clock = ClockColumns(
      graph: compiler.graph, panel: panel, zoneOffset: zoneOffset)
    try checkTerms()
    try checkArguments(texts)
  }

  /// Names the text at fault, which may be that of a named part.
  private static func error(_ error: ExpressionError, in part: String, _ text: String?)
    -> StrategyError
  {
    if case .inPart(let name, let text, let inner) = error {
      return .expression(part: "let.\(name)", text: text, inner)
    }
    return .expression(part: part, text: text ?? "", error)
  }

  /// Checks distances and size at every parameter set.
  private func checkTerms() throws(StrategyError) {
    for (index, term) in terms.enumerated() {
      guard let term else { continue }
      for point in grid.representatives(of: term.axes) {
        let value = term.value(grid, point)
        let isFraction = index == 0 || index == 2
        guard value.isFinite, value > 0, index == 1 || value < 1 || (value == 1 && index == 3)
        else {
          throw .termRange(
            name: Self.termNames[index], value: value,
            expected: index == 3
              ? "a fraction above 0, at most 1"
              : isFraction ? "a fraction between 0 and 1" : "a fraction above 0",
            parameters: term.axes.isEmpty ? "" : grid.describe(point: point))
        }
      }
    }
  }

  private func checkArguments(_ texts: [String?]) throws(StrategyError) {
    for (index, signal) in signals.enumerated() {
      guard let signal else { continue }
      do throws(ExpressionError) {
        try graph.checkArguments(of: signal, grid: grid)
      } catch {
        throw Self.error(error, in: Self.signalNames[index], texts[index])
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
    var result = Array(repeating: LaneTerms(), count: sets.count)
    let points = sharesTerms ? Array(repeating: 0, count: sets.count) : grid.points.list(sets)
    let fields: [WritableKeyPath<LaneTerms, Double>] = [
      \.stopLoss, \.takeProfit, \.trailingStop, \.fraction,
    ]
    // Term by term: what workers share is counted once for all sets, not for each.
    for (term, field) in zip(terms, fields) {
      guard let term else { continue }
      for (index, value) in term.values(grid, points).enumerated() {
        result[index][keyPath: field] = value
      }
    }
    return result
  }

  /// Cuts where about as many vectors lie before as behind: those of a grid with gaps are not all full.
  public func cuts(parts: Int) -> [Int] { LaneVectors.cuts(grid, parts: parts) }

  /// Lays out the signals of some sets.
  public func program(sets: Range<Int>) throws -> any LaneProgram {
    ExpressionProgram(
      program: try SignalProgram(graph: graph, signals: signals, grid: grid, sets: sets),
      clock: clock)
  }

  /// Whether any set has a stop, a target or a trailing stop.
  public var hasLevels: Bool { terms[0] != nil || terms[1] != nil || terms[2] != nil }
  /// Whether any set has a trailing stop.
  public var trails: Bool { terms[2] != nil }
  /// Whether every set commits all its equity.
  public var commitsAll: Bool {
    guard let fraction = terms[3] else { return true }
    return fraction.axes.isEmpty && fraction.value(grid, 0) == 1
  }
  /// Whether distances and size are the same for every set.
  public var sharesTerms: Bool { terms.allSatisfy { $0?.axes.isEmpty ?? true } }
}

/// A distance or size, with its values for all that its parameters can be, if these are not too many.
private struct Term: Sendable {
  let axes: [Int]
  private let expression: ConstantExpression
  private var values: [Double] = []

  private static let most = 1 << 16

  init(_ expression: ConstantExpression, _ grid: ParameterGrid) {
    self.expression = expression
    axes = expression.parameters.sorted()
    var parameters = grid.axes.map { $0.values.first ?? .nan }
    let sizes = axes.map { grid.axes[$0].values.count }
    guard let size = ParameterGrid.size(of: axes.map { grid.axes[$0] }), size <= Self.most else {
      return
    }
    values.reserveCapacity(size)
    for key in 0..<size {
      var rest = key
      for (axis, size) in zip(axes, sizes).reversed() {
        parameters[axis] = grid.axes[axis].values[rest % size]
        rest /= size
      }
      values.append(expression.value(parameters))
    }
  }

  /// The values at some grid points.
  func values(_ grid: ParameterGrid, _ points: [Int]) -> [Double] {
    if values.isEmpty { return points.map { expression.value(grid.values(point: $0)) } }
    return points.map { values[grid.projection($0, onto: axes)] }
  }

  /// The value at a grid point.
  func value(_ grid: ParameterGrid, _ point: Int) -> Double { values(grid, [point])[0] }
}

/// The signals of some sets, as the lane engine takes them.
struct ExpressionProgram: LaneProgram {
  let program: SignalProgram
  let clock: ClockColumns

  var sets: [Int] { program.sets }
  var warmups: [Int] { program.warmups }

  func makeEvaluator(kernels: KernelTable) -> any LaneEvaluator {
    ExpressionEvaluator(
      evaluator: SignalEvaluator(program: program, kernels: kernels), clock: clock)
  }
}

/// Passes the engine's calls on to the evaluator of expressions.
final class ExpressionEvaluator: LaneEvaluator {
  private let evaluator: SignalEvaluator
  private let clock: ClockColumns

  init(evaluator: SignalEvaluator, clock: ClockColumns) {
    self.evaluator = evaluator
    self.clock = clock
  }

  func begin(run: LaneRun, firstPrice: Int) {
    evaluator.begin(
      SignalColumns(
        clock: clock, clockStart: run.historyStart, firstPrice: firstPrice,
        firstTradingBar: run.window.lowerBound - run.historyStart))
  }

  func advance(fields: [UnsafePointer<Double>], count: Int) {
    evaluator.advance(fields: fields, count: count)
  }
  func signals(of bundle: Int) -> SignalPointers { evaluator.signals(of: bundle) }
}
