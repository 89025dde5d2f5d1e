import Expressions
import Market
import Simulation

/// Turns the texts of a strategy into nodes and terms, naming the text at fault when one is wrong.
struct StrategyCompiler {
  var compiler: ExpressionCompiler
  /// Numbers that are the same at every bar.
  private(set) var terms: [(term: LaneTerm, expression: ConstantExpression)] = []
  /// What the number of a size counts.
  private(set) var sizing = LaneTerms.Sizing.fraction
  /// Node of a size that differs from bar to bar.
  private(set) var sizeNode: Int?
  /// Node of a number whose sign says on which side an entry may be.
  private(set) var leaning: Int?

  init(panel: PricePanel, grid: ParameterGrid, parts: [String: String]) {
    compiler = ExpressionCompiler(
      scope: ExpressionScope(panel: panel, grid: grid, parts: parts))
  }

  /// Names the text at fault, which may be that of a named part.
  static func error(_ error: ExpressionError, in part: String, _ text: String?) -> StrategyError {
    if case .inPart(let name, let text, let inner) = error {
      return .expression(part: "let.\(name)", text: text, inner)
    }
    return .expression(part: part, text: text ?? "", error)
  }

  /// Compiles a text as something, if there is one.
  mutating func compile<Result>(
    _ name: String, _ text: String?,
    as body: (inout ExpressionCompiler, String) throws(ExpressionError) -> Result
  ) throws(StrategyError) -> Result? {
    guard let text else { return nil }
    do throws(ExpressionError) {
      return try body(&compiler, text)
    } catch {
      throw Self.error(error, in: name, text)
    }
  }

  mutating func condition(_ name: String, _ text: String?) throws(StrategyError) -> Int? {
    try compile(name, text) { compiler, text throws(ExpressionError) in
      try compiler.condition(text)
    }
  }

  mutating func number(_ name: String, _ text: String?) throws(StrategyError) -> Int? {
    try compile(name, text) { compiler, text throws(ExpressionError) in try compiler.number(text) }
  }

  private mutating func constant(_ name: String, _ text: String?) throws(StrategyError)
    -> ConstantExpression?
  {
    try compile(name, text) { compiler, text throws(ExpressionError) in
      try compiler.constant(text)
    }
  }

  mutating func term(_ term: LaneTerm, _ text: String?) throws(StrategyError) {
    if let value = try constant(term.name, text) { terms.append((term, value)) }
  }

  /// Parts that nothing uses are checked all the same, but not computed.
  func checkParts() throws(StrategyError) {
    var unused = compiler
    do throws(ExpressionError) {
      try unused.checkParts()
    } catch {
      throw Self.error(error, in: "let", nil)
    }
  }

  // MARK: - Sizes

  mutating func size(_ size: ExpressionStrategy.Size?, _ grid: ParameterGrid)
    throws(StrategyError)
  {
    switch size {
    case nil: break
    case .fraction(let text): try amount(.fraction, text)
    case .units(let text): try amount(.units, text)
    case .notional(let text): try amount(.notional, text)
    case .risk(let text): try amount(.risk, text)
    case .volatilityTarget(let target, let window, let cap):
      let name = "size.volatility_target"
      try positive(name, target, grid)
      try positive("\(name).window", window, grid, isWindow: true)
      try positive("\(name).cap", cap, grid)
      sizeNode = try number(
        name,
        "min(\(cap), (\(target)) / (stdev(pct_change(close, 1), \(window)) * sqrt(bars_per_year)))"
      )
    case .kelly(let multiple, let window, let cap):
      let name = "size.kelly"
      try positive(name, multiple, grid)
      try positive("\(name).window", window, grid, isWindow: true)
      try positive("\(name).cap", cap, grid)
      let returns = "pct_change(close, 1), \(window)"
      leaning = try number(name, "mean(\(returns))")
      sizeNode = try number(
        name, "min(\(cap), (\(multiple)) * abs(mean(\(returns))) / stdev(\(returns)) ^ 2)")
    }
  }

  private mutating func amount(_ sizing: LaneTerms.Sizing, _ text: String) throws(StrategyError) {
    self.sizing = sizing
    let term = LaneTerm.size(sizing)
    let found = try compile(term.name, text) { compiler, text throws(ExpressionError) in
      try compiler.anyNumber(text)
    }
    switch found {
    case .constant(let value): terms.append((term, value))
    case .series(let node): sizeNode = node
    case nil: break
    }
  }

  /// Checks a part of a size that is no term of its own.
  private mutating func positive(
    _ name: String, _ text: String, _ grid: ParameterGrid, isWindow: Bool = false
  ) throws(StrategyError) {
    guard let value = try constant(name, text) else { return }
    let axes = value.parameters.sorted()
    for point in grid.representatives(of: axes) {
      let number = value.value(grid.values(point: point))
      let isLength = number >= 2 && number <= 1_000_000 && number == number.rounded()
      guard number.isFinite, isWindow ? isLength : number > 0 else {
        throw .termRange(
          name: name, value: number,
          expected: isWindow
            ? "a whole number of bars from 2 to 1000000" : "a number above 0",
          parameters: axes.isEmpty ? "" : grid.describe(point: point))
      }
    }
  }
}

extension ExpressionScope {
  /// What the names in a strategy over a panel stand for.
  init(panel: PricePanel, grid: ParameterGrid, parts: [String: String]) {
    let barsPerYear = panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs)
    let bars = barsPerYear / panel.calendar.sessionsPerYear
    self.init(
      fields: panel.fields, parameters: grid.axes.map(\.name), parts: parts,
      symbols: panel.symbols.names,
      membership: panel.fieldIndex(Universe.field) == nil ? nil : Universe.field,
      barsPerYear: barsPerYear, barsPerDay: max(1, bars.rounded(.up)))
  }
}
