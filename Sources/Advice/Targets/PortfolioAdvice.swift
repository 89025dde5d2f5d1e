import Books
import Risk

/// Target weights of one portfolio beside its current ones, and what would change.
public struct PortfolioAdvice: Sendable {
  /// One symbol.
  public struct Row: Sendable, Equatable {
    /// Column of the universe.
    public var column: Int
    /// Current weight.
    public var current: Double
    /// Target weight.
    public var target: Double
    /// Change of the target's annual volatility with this weight.
    public var marginal: Double
    /// Part of the target's annual volatility that the weight makes.
    public var component: Double
    /// Part of today's annual volatility that the current weight makes.
    public var currentComponent: Double
    /// Why there is no target weight; nil where there is one.
    public var omission: Omission?
  }

  /// The target, shared with all portfolios that ask the same.
  public let target: TargetAdvice
  /// What is held or is to be held: targets first, by weight, then what goes.
  public let rows: [Row]
  /// Risk of what is held.
  public let before: RiskView
  /// Risk of the target.
  public let after: RiskView
  /// Current part of equity in cash.
  public let cash: Double
  /// Sum of the sizes of changes, both sides.
  public var turnover: Double { rows.reduce(0) { $0 + ($1.target - $1.current).magnitude } }

  /// Compares.
  ///
  /// - Parameters:
  ///   - current: weights of what is held, by column of the universe, each once.
  ///   - cash: part of equity.
  /// - Throws: `AdviceError.unsolved`.
  public init(
    current: [(column: Int, weight: Double)], cash: Double, target: TargetAdvice,
    _ solver: TargetSolver
  ) throws(AdviceError) {
    self.target = target
    self.cash = cash
    let width = solver.estimates.places.count
    let none = [Double?](repeating: nil, count: width)
    var (held, wanted) = (none, none)
    for row in current { held[row.column] = (held[row.column] ?? 0) + row.weight }
    for (column, weight) in zip(target.columns, target.weights) { wanted[column] = weight }
    func size(_ column: Int) -> (Double, Double) {
      (wanted[column]?.magnitude ?? -1, held[column]?.magnitude ?? 0)
    }
    let columns = (0..<width).filter { held[$0] != nil || wanted[$0] != nil }.sorted {
      let (a, b) = (size($0), size($1))
      return a != b ? a > b : $0 < $1
    }
    let basis = RiskBasis(columns, solver.estimates)
    let riskFree = solver.policy.riskFree
    do throws(RiskError) {
      before = try RiskView(basis, weights: columns.map { held[$0] ?? 0 }, riskFree: riskFree)
      after = try RiskView(basis, weights: columns.map { wanted[$0] ?? 0 }, riskFree: riskFree)
    } catch {
      throw .unsolved(.risk(error))
    }
    var omissions = [Omission?](repeating: nil, count: width)
    for omission in target.omissions { omissions[omission.column] = omission.reason }
    let (before, after) = (before, after)
    rows = columns.enumerated().map { place, column in
      Row(
        column: column, current: held[column] ?? 0, target: wanted[column] ?? 0,
        marginal: after.marginal[place], component: after.component[place],
        currentComponent: before.component[place],
        omission: wanted[column] == nil ? omissions[column] : nil)
    }
  }
}
