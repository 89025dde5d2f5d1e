import Kernels
import Risk

/// What an allocator is told: beliefs about returns, and what the weights must satisfy.
public struct AllocationProblem: Sendable {
  /// Names of the symbols: `[N]`.
  public var symbols: [String]
  /// Covariance a bar: `[N, N]`, positive semi-definite.
  public var covariance: Matrix
  /// Expected simple returns a bar: `[N]`.
  public var expectedReturns: [Double]
  /// Past returns for methods that need scenarios (CVaR, CDaR, Kelly by history) or dependence; complete, without NaN.
  public var scenarios: ReturnTable?
  /// Risk-free return a bar.
  public var riskFree = 0.0
  /// Bars a year, for settings and figures that are annual.
  public var barsPerYear = 252.0
  /// What weights must satisfy.
  public var constraints: WeightConstraints

  /// A problem; without constraints weights are long only and add up to 1.
  public init(
    symbols: [String], covariance: Matrix, expectedReturns: [Double], scenarios: ReturnTable? = nil,
    constraints: WeightConstraints? = nil
  ) {
    self.symbols = symbols
    self.covariance = covariance
    self.expectedReturns = expectedReturns
    self.scenarios = scenarios
    self.constraints = constraints ?? WeightConstraints(count: symbols.count)
  }
}

/// What weights must satisfy.
public struct WeightConstraints: Sendable {
  /// A limit on the sum of some weights, such as those of a sector.
  public struct GroupLimit: Sendable, Equatable {
    /// Its name, for messages.
    public var name: String
    /// Positions of its symbols.
    public var members: [Int]
    /// Least sum.
    public var least: Double
    /// Largest sum.
    public var most: Double

    /// A limit.
    public init(name: String, members: [Int], least: Double, most: Double) {
      self.name = name
      self.members = members
      self.least = least
      self.most = most
    }
  }

  /// Least weights: `[N]`.
  public var lower: [Double]
  /// Largest weights: `[N]`.
  public var upper: [Double]
  /// What the weights add up to; nil leaves it free within `leverage`.
  public var budget: Double? = 1
  /// Largest sum of absolute weights.
  public var leverage = Double.infinity
  /// Limits of groups.
  public var groups: [GroupLimit] = []
  /// Weights held before: `[N]`; nil for none.
  public var held: [Double]?
  /// Largest sum of absolute changes against `held`, both sides counted.
  public var maxTurnover = Double.infinity
  /// Penalty on the sum of squared weights, in units of the objective.
  public var l2 = 0.0
  /// Most weights that are not 0; found greedily, so the result need not be the best of all.
  public var maxHoldings: Int?

  /// Long only, fully invested.
  public init(count: Int) {
    lower = Array(repeating: 0, count: count)
    upper = Array(repeating: 1, count: count)
  }
}

/// Weights, and what is known of them.
public struct Allocation: Sendable {
  /// `[N]`.
  public var weights: [Double]
  /// Value of the method's own objective.
  public var objective: Double
  /// Steps that a solver took; 0 where a formula gives the weights.
  public var steps = 0
  /// Constraints that hold with equality, named: `sector Energy at most 0.2`.
  public var binding: [String] = []
  /// What the reader should know, such as a greedy choice.
  public var notes: [String] = []

  /// An allocation.
  public init(weights: [Double], objective: Double) {
    self.weights = weights
    self.objective = objective
  }
}

/// A way to choose weights.
public protocol Allocator: Sendable {
  /// Name in specs and files, for example `min_variance`.
  var name: String { get }
  /// What it minimises or does, in one line.
  var definition: String { get }
  /// Whether the method needs `AllocationProblem.scenarios`.
  var needsScenarios: Bool { get }
  /// Chooses weights; the same for the same problem.
  func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation
}

extension Allocator {
  /// Most methods need moments only.
  public var needsScenarios: Bool { false }
}
