import Kernels

/// Minimises the mean of the worst losses, each loss the largest of linear functions of the weights.
///
/// The whole linear program has a row for each scenario, and only those of the tail bind. So it begins with few rows, and those that a
/// solution breaks are added until none is: the cost of a program with a part of the rows is a lower bound, and the mean of the
/// true losses an upper one.
struct TailProgram {
  /// A loss at some weights: its value and, as a row of coefficients, how it came about.
  struct Loss {
    /// Which scenario.
    var scenario: Int
    var value: Double
    /// Which of the scenario's linear functions is the largest.
    var piece: Int
  }

  let polytope: WeightPolytope
  let method: String
  /// Share of scenarios outside the tail.
  let level: Double
  let scenarioCount: Int
  /// What losses are divided by so that they are near 1.
  let size: Double
  /// All losses at some weights.
  let losses: ([Double]) throws(AllocationError) -> [Loss]
  /// Coefficients of a scenario's piece.
  let coefficients: (Loss) -> [Double]

  /// Gap at which the two bounds count as one, relative.
  private static let tolerance = 1e-10
  /// Rounds after which it gives up: a hundred times what is usual.
  private static let roundLimit = 2000

  func solve() throws(AllocationError) -> Allocation {
    let count = polytope.symbolCount
    let share = 1 / ((1 - level) * Double(scenarioCount))
    let tail = Int((1 / share).rounded(.up))
    var program = polytope.program(cost: Array(repeating: 0, count: count))
    let quantile = program.addColumn(cost: 1, lower: -.infinity, upper: .infinity)
    // Without rows the quantile has no bound below: as many as the tail holds, and some more, begin.
    var place: [Int: Int] = [:]
    var known: Set<[Int]> = []
    var columns = program.cost.count
    var model = try LinearModel(program)
    func add(_ found: ArraySlice<Loss>, _ model: inout LinearModel) {
      var rows: [QuadraticProgram.Row] = []
      let before = columns
      for loss in found where known.insert([loss.scenario, loss.piece]).inserted {
        if place[loss.scenario] == nil {
          place[loss.scenario] = columns
          columns += 1
        }
        rows.append(
          .init(
            Array(0..<count) + [quantile, place[loss.scenario] ?? quantile],
            coefficients(loss).map { -$0 / size } + [1, 1], lower: 0, upper: .infinity))
      }
      model.grow(columns: columns - before, cost: share, rows: rows)
    }
    func ordered(_ losses: [Loss]) -> [Loss] {
      losses.sorted { $0.value != $1.value ? $0.value > $1.value : $0.scenario < $1.scenario }
    }
    let even = Array(repeating: 1 / Double(count), count: count)
    add(ordered(try losses(even)).prefix(min(scenarioCount, tail + tail / 2 + 1)), &model)
    var way = LinearModel.Way.dual
    var best = (weights: [Double](), value: Double.infinity)
    var steps = 0
    for _ in 0..<Self.roundLimit {
      let x: [Double]
      switch model.solve(way) {
      case .solved(let found, _, let taken):
        x = found
        steps += taken
      case .infeasible: throw .infeasible(conflict: try polytope.conflict())
      case .unbounded:
        throw .unbounded(method: method, remedy: "set bounds of weights or a leverage")
      case .failed(let taken):
        throw .notConverged(method: method, steps: steps + taken, gap: .nan)
      }
      way = .again
      let weights = polytope.clipped(Array(x[..<count]))
      let sorted = ordered(try losses(weights))
      let upper = mean(of: sorted, share)
      if upper < best.value { best = (weights, upper) }
      var lower = x[quantile]
      for column in place.values.sorted() { lower += share * x[column] }
      lower *= size
      let gap = best.value - lower
      let missing = sorted.prefix { $0.value / size > x[quantile] }.filter {
        $0.value / size > x[quantile] + (place[$0.scenario].map { x[$0] } ?? 0) + 1e-11
          && !known.contains([$0.scenario, $0.piece])
      }
      if gap <= Self.tolerance * max(abs(best.value), 1e-3 * size) || missing.isEmpty {
        guard gap <= 1e-7 * max(abs(best.value), 1e-3 * size) else {
          throw .notConverged(method: method, steps: steps, gap: gap)
        }
        var allocation = Allocation(weights: best.weights, objective: best.value)
        allocation.steps = steps
        return allocation
      }
      add(missing.prefix(max(tail, 20)), &model)
    }
    throw .notConverged(method: method, steps: steps, gap: .nan)
  }

  /// The mean of the tail, with the fraction of a scenario at its edge.
  private func mean(of sorted: [Loss], _ share: Double) -> Double {
    var left = 1.0
    var sum = 0.0
    for loss in sorted {
      let part = min(share, left)
      sum += part * loss.value
      left -= part
      if left <= 0 { break }
    }
    return sum
  }
}
