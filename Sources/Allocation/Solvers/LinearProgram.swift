import CShims

/// Least cost of columns within bounds, where rows stay within limits; solved by CLP.
package struct LinearProgram: Sendable {
  /// Cost of each column: `[columns]`.
  package var cost: [Double]
  /// Least values: `[columns]`, may be −∞.
  package var lower: [Double]
  /// Largest values: `[columns]`, may be ∞.
  package var upper: [Double]
  /// Limits of rows: `[rows]`.
  package private(set) var rowLower: [Double] = []
  package private(set) var rowUpper: [Double] = []
  /// Elements by column.
  fileprivate var elements: [[(row: Int32, value: Double)]]

  /// Steps after which CLP gives up: a hundred times what 8,000 scenarios of 20 symbols take.
  package static let stepLimit = 2_000_000

  /// A program without rows.
  package init(cost: [Double], lower: [Double], upper: [Double]) {
    self.cost = cost
    self.lower = lower
    self.upper = upper
    elements = Array(repeating: [], count: cost.count)
  }

  /// Adds a column, and says where it is.
  @discardableResult
  package mutating func addColumn(cost: Double, lower: Double, upper: Double) -> Int {
    self.cost.append(cost)
    self.lower.append(lower)
    self.upper.append(upper)
    elements.append([])
    return self.cost.count - 1
  }

  /// Adds a row, and says where it is.
  @discardableResult
  package mutating func addRow(_ row: QuadraticProgram.Row) -> Int {
    for (index, value) in zip(row.indices, row.values) where value != 0 {
      elements[index].append((Int32(rowLower.count), value))
    }
    rowLower.append(row.lower)
    rowUpper.append(row.upper)
    return rowLower.count - 1
  }

  /// What CLP found.
  package enum Outcome: Sendable, Equatable {
    /// A vertex of least cost, and the change of cost with the limit of each row.
    case solved(x: [Double], duals: [Double], steps: Int)
    /// Rows and bounds exclude each other.
    case infeasible
    /// The cost has no bound.
    case unbounded
    /// Too many steps, or a failure within CLP.
    case failed(steps: Int)
  }

  /// Solves it.
  ///
  /// - Throws: `AllocationError.libraryMissing`.
  package func solve(byPrimal: Bool = false) throws(AllocationError) -> Outcome {
    let model = try LinearModel(self)
    return model.solve(byPrimal ? .primal : .dual)
  }
}

/// A linear program within CLP, which may grow between solutions.
package struct LinearModel: ~Copyable {
  /// How to solve.
  package enum Way: Int32 {
    /// From nothing by the primal simplex.
    case primal
    /// From nothing by the dual simplex, simplified before.
    case dual
    /// From the last solution, after rows were added.
    case again
  }

  private let model: UnsafeMutableRawPointer
  private var columnCount: Int
  private var rowCount: Int
  private var cost: [Double]

  /// A copy of a program.
  package init(_ program: borrowing LinearProgram) throws(AllocationError) {
    var starts: [Int32] = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for column in program.elements {
      for element in column {
        indices.append(element.row)
        values.append(element.value)
      }
      starts.append(Int32(indices.count))
    }
    // The arrays' addresses hold for one call only, which is all that CLP needs to copy them.
    let made = withUnsafePointers(
      starts, indices, values,
      [program.lower, program.upper, program.cost, program.rowLower, program.rowUpper]
    ) { starts, indices, values, limits in
      var copy = apus_linear_program(
        columns: Int32(limits[2].count), rows: Int32(limits[3].count), starts: starts,
        indices: indices, values: values, column_lower: limits[0].baseAddress,
        column_upper: limits[1].baseAddress, cost: limits[2].baseAddress,
        row_lower: limits[3].baseAddress, row_upper: limits[4].baseAddress)
      return apus_clp_new(&copy)
    }
    guard let made else {
      throw .libraryMissing(library: "libClp.so.1", package: "coinor-libclp1")
    }
    model = made
    columnCount = program.cost.count
    rowCount = program.rowLower.count
    cost = program.cost
  }

  deinit { apus_clp_free(model) }

  /// Adds columns from 0 upwards at a cost, and then rows.
  package mutating func grow(columns: Int, cost each: Double, rows: [QuadraticProgram.Row]) {
    var starts: [Int32] = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for row in rows {
      indices += row.indices.map { Int32($0) }
      values += row.values
      starts.append(Int32(indices.count))
    }
    let none = [Double](repeating: 0, count: columns)
    apus_clp_grow(
      model, Int32(columns), none, none.map { _ in .infinity }, none.map { _ in each },
      Int32(rows.count), starts, indices, values, rows.map(\.lower), rows.map(\.upper))
    columnCount += columns
    rowCount += rows.count
    cost += none.map { _ in each }
  }

  /// Solves it.
  package func solve(_ way: Way) -> LinearProgram.Outcome {
    var steps: Int32 = 0
    switch apus_clp_run(model, way.rawValue, Int32(LinearProgram.stepLimit), &steps) {
    case 0:
      let x = UnsafeBufferPointer(start: apus_clp_columns(model), count: columnCount)
      let duals = UnsafeBufferPointer(start: apus_clp_duals(model), count: rowCount)
      return .solved(x: Array(x), duals: Array(duals), steps: Int(steps))
    case 1: return .infeasible
    case 2: return .unbounded
    default: return .failed(steps: Int(steps))
    }
  }
}

private func withUnsafePointers<Result>(
  _ starts: [Int32], _ indices: [Int32], _ values: [Double], _ limits: [[Double]],
  _ body: (
    UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Double>?,
    [UnsafeBufferPointer<Double>]
  ) -> Result
) -> Result {
  func bound(_ rest: ArraySlice<[Double]>, _ done: [UnsafeBufferPointer<Double>]) -> Result {
    guard let first = rest.first else {
      return starts.withUnsafeBufferPointer { starts in
        indices.withUnsafeBufferPointer { indices in
          values.withUnsafeBufferPointer { values in
            body(starts.baseAddress, indices.baseAddress, values.baseAddress, done)
          }
        }
      }
    }
    return first.withUnsafeBufferPointer { bound(rest.dropFirst(), done + [$0]) }
  }
  return bound(limits[...], [])
}
