import CShims
import Kernels

/// A primal–dual interior point method with predictor and corrector for dense quadratic programs.
///
/// Bounds, rows with few terms and absolute values only add to the diagonal or to few elements of Q, so a step is one Cholesky factor
/// of n variables, whatever their number; rows with many terms are joined by a Schur complement.
///
/// Here is the program as the method sees it, and the loop of its steps; `InteriorPoint+Residuals` tells how far off a point is,
/// `InteriorPoint+Step` takes a step, and `NewtonEquations` solves for its direction.
///
/// - Source: Mehrotra (1992), *On the implementation of a primal–dual interior point method*; Gertz and Wright (2003) for quadratic
///   programs.
struct InteriorPoint {
  /// Steps after which it gives up: ten times what hard programs take.
  static let stepLimit = 150
  /// Rows with at most so many terms are added to Q.
  private static let fewTerms = 3

  /// A row of the method: terms over variables, and over what sums of absolute values are made of.
  struct Line {
    var row: QuadraticProgram.Row
    /// Place of its slack among the values, or nil for an equation.
    var slack: Int?
    /// Place of the positive part of what it defines, which the negative one follows; nil if it defines none.
    var pair: Int?
    /// Places that a limit of a sum adds up.
    var parts: Range<Int>?
  }

  let program: QuadraticProgram
  let count: Int
  private(set) var dense: [Line] = []
  private(set) var local: [Line] = []
  /// Place in `dense` of the limit that a pair counts for, for each local line.
  private(set) var limitOfLocal: [Int] = []
  // Variables, then parts of absolute values, then slacks of rows; with their bounds and multipliers.
  var value: [Double]
  private(set) var lower: [Double]
  private(set) var upper: [Double]
  var lowDual: [Double] = []
  var highDual: [Double] = []
  var denseDual: [Double] = []
  var localDual: [Double] = []
  /// For each row of the program: whether it is dense, and its place.
  private var places: [(isDense: Bool, index: Int)] = []

  init(_ program: QuadraticProgram) {
    self.program = program
    count = program.count
    lower = program.lower
    upper = program.upper
    value = []
    for sum in program.absolutes {
      let first = lower.count
      let limit = dense.count
      dense.append(
        Line(
          row: .init(
            sum.shift.indices, sum.shift.values, lower: -.infinity, upper: sum.limit),
          parts: first..<first + 2 * sum.terms.count))
      for (index, term) in sum.terms.enumerated() {
        var row = term
        row.lower = sum.references[index]
        row.upper = sum.references[index]
        local.append(Line(row: row, pair: first + 2 * index))
        limitOfLocal.append(limit)
        lower += [0, 0]
        upper += [.infinity, .infinity]
      }
    }
    let equationsAndLong = { (row: QuadraticProgram.Row) in
      row.lower == row.upper || row.indices.count > Self.fewTerms
    }
    for row in program.rows {
      if equationsAndLong(row) {
        places.append((true, dense.count))
        dense.append(Line(row: row))
      } else {
        places.append((false, local.count))
        local.append(Line(row: row))
        limitOfLocal.append(-1)
      }
    }
    for index in dense.indices where dense[index].row.lower < dense[index].row.upper {
      dense[index].slack = addSlack(dense[index].row)
    }
    for index in local.indices where local[index].pair == nil {
      local[index].slack = addSlack(local[index].row)
    }
    start()
  }

  private mutating func addSlack(_ row: QuadraticProgram.Row) -> Int {
    lower.append(row.lower)
    upper.append(row.upper)
    return lower.count - 1
  }

  /// Strictly between all bounds.
  private mutating func start() {
    let small = 1 / Double(max(1, count))
    value = lower.indices.map { index in
      let (low, high) = (lower[index], upper[index])
      switch (low.isFinite, high.isFinite) {
      case (true, true): return low + min((high - low) / 2, max(small, (high - low) * 1e-3))
      case (true, false): return low + small
      case (false, true): return high - small
      case (false, false): return 0
      }
    }
    lowDual = lower.indices.map { lower[$0].isFinite ? small / (value[$0] - lower[$0]) : 0 }
    highDual = upper.indices.map { upper[$0].isFinite ? small / (upper[$0] - value[$0]) : 0 }
    denseDual = Array(repeating: 0, count: dense.count)
    localDual = Array(repeating: 0, count: local.count)
  }

  // MARK: - The loop

  /// Runs until residuals and gap are near rounding.
  mutating func solve() throws(QuadraticProgram.Failure) -> QuadraticSolution {
    guard apus_blas_open() else { throw .algebra(.libraryMissing) }
    let sides = Double(
      lower.count(where: \.isFinite) + upper.count(where: \.isFinite))
    var best = Double.infinity
    var kept = value
    var keptDuals = (denseDual, localDual, lowDual, highDual)
    var stalled = 0
    var taken = 0
    for step in 0..<Self.stepLimit {
      taken = step
      let residuals = residuals()
      let worst = max(
        residuals.dualNorm / residuals.scale, residuals.primalNorm,
        residuals.gap / residuals.scale)
      guard worst.isFinite else { break }
      if worst < best * 0.9 { stalled = 0 } else { stalled += 1 }
      if worst < best {
        best = worst
        kept = value
        keptDuals = (denseDual, localDual, lowDual, highDual)
      }
      if worst <= 1e-12 { return solution(step) }
      if stalled >= 8 && best <= 1e-8 || stalled >= 2 && best <= 1e-10 { break }
      guard advance(residuals, sides: sides) else { break }
    }
    // The last digits may be out of reach of double precision; what is good enough to be right counts.
    guard best <= 1e-8 else {
      throw .notConverged(steps: taken, gap: best)
    }
    value = kept
    (denseDual, localDual, lowDual, highDual) = keptDuals
    return solution(taken)
  }

  private func solution(_ steps: Int) -> QuadraticSolution {
    let duals = places.map { $0.isDense ? denseDual[$0.index] : localDual[$0.index] }
    func side(_ index: Int) -> Int8 {
      if lower[index].isFinite, lowDual[index] > value[index] - lower[index] { return -1 }
      if upper[index].isFinite, highDual[index] > upper[index] - value[index] { return 1 }
      return 0
    }
    let rows = places.map { place in
      (place.isDense ? dense[place.index] : local[place.index]).slack.map(side) ?? 0
    }
    return QuadraticSolution(
      x: Array(value[..<count]), rowDuals: duals, steps: steps,
      active: ActiveSet(variables: (0..<count).map(side), rows: rows))
  }
}
