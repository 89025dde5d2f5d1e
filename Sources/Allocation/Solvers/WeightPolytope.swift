import Kernels
import Risk

/// Constraints on weights as rows with names, for linear programs and for saying which exclude each other.
///
/// Columns are the weights, and after them two for each absolute value.
struct WeightPolytope {
  /// A row that somebody asked for.
  struct NamedRow {
    var name: String
    var row: QuadraticProgram.Row
  }

  private let symbols: [String]
  private let constraints: WeightConstraints
  private var named: [NamedRow] = []
  private var defining: [QuadraticProgram.Row] = []
  private var pairCount = 0
  /// Places in `named` of a method's own rows.
  private var own: Range<Int> = 0..<0

  init(_ problem: AllocationProblem, _ extra: [NamedRow] = []) {
    symbols = problem.symbols
    constraints = problem.constraints
    let names = NamedConstraints(symbols: symbols, constraints: constraints)
    let count = symbols.count
    let all = Array(0..<count)
    let ones = Array(repeating: 1.0, count: count)
    if let budget = constraints.budget {
      add(NamedConstraints.budget(budget), all, ones, budget, budget)
    }
    for group in constraints.groups {
      let ones = Array(repeating: 1.0, count: group.members.count)
      if group.least > -.infinity {
        add(NamedConstraints.least(group), group.members, ones, group.least, .infinity)
      }
      if group.most < .infinity {
        add(NamedConstraints.most(group), group.members, ones, -.infinity, group.most)
      }
    }
    if constraints.boundsLeverage {
      addAbsolutes(names.leverage, all.map { _ in 0 }, constraints.leverage)
    }
    if let held = constraints.held, constraints.maxTurnover < .infinity {
      addAbsolutes(names.turnover, held, constraints.maxTurnover)
    }
    own = named.count..<named.count + extra.count
    named += extra
  }

  private mutating func add(
    _ name: String, _ indices: [Int], _ values: [Double], _ lower: Double, _ upper: Double
  ) {
    named.append(NamedRow(name: name, row: .init(indices, values, lower: lower, upper: upper)))
  }

  private mutating func addAbsolutes(_ name: String, _ references: [Double], _ limit: Double) {
    var parts: [Int] = []
    for (index, reference) in references.enumerated() {
      let pair = symbols.count + 2 * pairCount
      defining.append(
        .init([index, pair, pair + 1], [1, -1, 1], lower: reference, upper: reference))
      parts += [pair, pair + 1]
      pairCount += 1
    }
    add(name, parts, parts.map { _ in 1 }, -.infinity, limit)
  }

  /// Number of symbols.
  var symbolCount: Int { symbols.count }

  /// Weights within their bounds, which CLP keeps up to its tolerance only.
  func clipped(_ weights: [Double]) -> [Double] {
    weights.indices.map {
      min(max(weights[$0], constraints.lower[$0]), constraints.upper[$0])
    }
  }

  /// The program that minimises a cost of weights over all constraints.
  func program(cost: [Double]) -> LinearProgram {
    var program = LinearProgram(
      cost: cost, lower: constraints.lower, upper: constraints.upper)
    addParts(to: &program)
    for named in named { program.addRow(named.row) }
    return program
  }

  private func addParts(to program: inout LinearProgram) {
    for _ in 0..<2 * pairCount { program.addColumn(cost: 0, lower: 0, upper: .infinity) }
    for row in defining { program.addRow(row) }
  }

  /// Constraints that exclude each other, none of which can be left out; empty if all can be kept.
  ///
  /// Multiples of rows that add up to a contradiction prove that they exclude each other (Farkas), and those of a vertex of all such
  /// proofs need every one of their rows.
  ///
  /// - Source: Gleeson and Ryan (1990), *Identifying minimally infeasible subsystems of inequalities*.
  func conflict() throws(AllocationError) -> [String] {
    let names = NamedConstraints(symbols: symbols, constraints: constraints)
    var rows = named
    for index in symbols.indices {
      if constraints.lower[index] > -.infinity {
        rows.append(
          NamedRow(
            name: names.least(index),
            row: .init([index], [1], lower: constraints.lower[index], upper: .infinity)))
      }
      if constraints.upper[index] < .infinity {
        rows.append(
          NamedRow(
            name: names.most(index),
            row: .init([index], [1], lower: -.infinity, upper: constraints.upper[index])))
      }
    }
    let (violation, duals) = try leastViolation(rows)
    guard violation > 1e-9 else { return [] }
    var kept = try certificate(rows) ?? zip(rows, duals).filter { abs($1) > 1e-9 }.map(\.0)
    if try leastViolation(kept).violation <= 1e-9 { kept = rows }
    // Absolute values may leave a row too many. Sets of more are those of bounds, each of which is needed.
    guard kept.count <= 40 else { return Self.merged(kept, symbols) }
    var index = 0
    while index < kept.count {
      var fewer = kept
      fewer.remove(at: index)
      if try leastViolation(fewer).violation > 1e-9 { kept = fewer } else { index += 1 }
    }
    return Self.merged(kept, symbols)
  }

  /// The rows of a vertex of all proofs that rows exclude each other; nil if CLP finds none.
  private func certificate(_ rows: [NamedRow]) throws(AllocationError) -> [NamedRow]? {
    let size = symbols.count + 2 * pairCount
    var program = LinearProgram(cost: [], lower: [], upper: [])
    var terms = [QuadraticProgram.Row](
      repeating: .init([], [], lower: 0, upper: 0), count: size + 1)
    for place in symbols.count..<size { terms[place].upper = .infinity }
    terms[size].lower = -1
    terms[size].upper = -1
    func add(_ row: QuadraticProgram.Row, _ sign: Double, _ limit: Double, cost: Double) {
      let isFree = cost == 0
      let column = program.addColumn(
        cost: cost, lower: isFree ? -.infinity : 0, upper: .infinity)
      for (index, value) in zip(row.indices, row.values) {
        terms[index].indices.append(column)
        terms[index].values.append(sign * value)
      }
      terms[size].indices.append(column)
      terms[size].values.append(sign * limit)
    }
    var owners: [Int] = []
    for (index, named) in rows.enumerated() {
      // Proofs without a method's own row, such as a target, are simpler to read.
      let cost = own.contains(index) ? 1e4 : 1
      if named.row.upper < .infinity {
        add(named.row, 1, named.row.upper, cost: cost)
        owners.append(index)
      }
      if named.row.lower > -.infinity {
        add(named.row, -1, named.row.lower, cost: cost)
        owners.append(index)
      }
    }
    for row in defining { add(row, 1, row.lower, cost: 0) }
    for row in terms { program.addRow(row) }
    guard case .solved(let x, _, _) = try program.solve(byPrimal: true) else { return nil }
    let used = Set(owners.indices.filter { x[$0] > 1e-9 }.map { owners[$0] })
    return rows.indices.filter { used.contains($0) }.map { rows[$0] }
  }

  /// The least sum of violations of rows, and what each row's limit changes of it.
  private func leastViolation(_ rows: [NamedRow]) throws(AllocationError) -> (
    violation: Double, duals: [Double]
  ) {
    var program = LinearProgram(
      cost: symbols.map { _ in 0 }, lower: symbols.map { _ in -.infinity },
      upper: symbols.map { _ in .infinity })
    addParts(to: &program)
    let first = defining.count
    for named in rows {
      var row = named.row
      if row.lower > -.infinity {
        row.indices.append(program.addColumn(cost: 1, lower: 0, upper: .infinity))
        row.values.append(1)
      }
      if row.upper < .infinity {
        row.indices.append(program.addColumn(cost: 1, lower: 0, upper: .infinity))
        row.values.append(-1)
      }
      program.addRow(row)
    }
    guard case .solved(let x, let duals, _) = try program.solve(byPrimal: true)
    else { throw .notConverged(method: "CLP", steps: LinearProgram.stepLimit, gap: .nan) }
    return (
      LinearAlgebra.dot(x, program.cost), Array(duals[first...])
    )
  }

  /// Names, where equal bounds of many symbols become one.
  private static func merged(_ rows: [NamedRow], _ symbols: [String]) -> [String] {
    var texts: [String] = []
    var bounds: [String: [String]] = [:]
    var order: [String] = []
    for named in rows {
      guard named.row.indices.count == 1,
        let symbol = symbols.indices.contains(named.row.indices[0])
          ? symbols[named.row.indices[0]] : nil,
        named.name.hasPrefix(symbol + " at ")
      else {
        texts.append(named.name)
        continue
      }
      let bound = String(named.name.dropFirst(symbol.count))
      if bounds[bound] == nil { order.append(bound) }
      bounds[bound, default: []].append(symbol)
    }
    for bound in order {
      let holders = bounds[bound] ?? []
      if holders.count <= 3 {
        texts += holders.map { $0 + bound }
      } else {
        texts.append(
          "each of \(holders.count) weights\(bound) (\(holders.prefix(3).joined(separator: ", "))…)"
        )
      }
    }
    return texts
  }
}
