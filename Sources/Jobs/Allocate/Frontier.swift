import Allocation
import Kernels
import Storage

/// The efficient frontier of a plan: least variance at each of several returns, under the constraints of its first method.
struct Frontier: Sendable {
  /// Over the symbols that take part.
  let found: EfficientFrontier
  /// Positions of these in the run.
  private let members: [Int]
  private let symbols: [String]

  init(_ estimate: AllocationRecipe.Estimate, points: Int, symbols: [String])
    throws(AllocationError)
  {
    found = try EfficientFrontier(estimate.problem, points: points)
    members = estimate.members
    self.symbols = symbols
  }

  /// The frontier as a part of a result.
  var group: ResultGroup {
    var weights = [Double](repeating: 0, count: found.pointCount * symbols.count)
    for point in 0..<found.pointCount {
      for (column, member) in members.enumerated() {
        weights[point * symbols.count + member] = found.weights[point, column]
      }
    }
    return ResultGroup(
      "frontier", title: "Efficient frontier",
      dimensions: [
        .init("point", .integers((0..<found.pointCount).map { Int64($0) + 1 })),
        .init("symbol", .texts(symbols)),
      ],
      variables: [
        .init(
          "expected_return", ["point"], found.returnAnnualized, unit: "fraction",
          definition: "a year"),
        .init(
          "volatility", ["point"], found.volatilityAnnualized, unit: "fraction",
          definition: "a year"),
        .init(
          "sharpe", ["point"], found.sharpeAnnualized,
          definition: "expected return above risk-free over volatility"),
        .init("weight", ["point", "symbol"], weights, unit: "fraction"),
      ])
  }

  /// The picture, with the methods' weights in it.
  func svg(_ plan: AllocatePlan, _ solution: AllocateSolution) -> String {
    FrontierChart.svg(
      found, title: "Efficient frontier: \(plan.spec.name)",
      marks: plan.methods.enumerated().map { method, name in
        let (expected, volatility) = solution.beliefs(method)
        return FrontierChart.Mark(
          name: name, volatilityAnnualized: volatility, returnAnnualized: expected)
      })
  }
}
