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
  private var elements: [[(row: Int32, value: Double)]]

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
  package func solve(byPrimal: Bool = false, simplifies: Bool = true) throws(AllocationError)
    -> Outcome
  {
    var starts: [Int32] = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for column in elements {
      for element in column {
        indices.append(element.row)
        values.append(element.value)
      }
      starts.append(Int32(indices.count))
    }
    var x = [Double](repeating: 0, count: cost.count)
    var duals = [Double](repeating: 0, count: rowLower.count)
    var steps: Int32 = 0
    var program = apus_linear_program()
    program.columns = Int32(cost.count)
    program.rows = Int32(rowLower.count)
    program.by_primal = byPrimal
    program.simplifies = simplifies
    program.step_limit = Int32(Self.stepLimit)
    let status = Self.withPointers(
      &program, starts, indices, values, [lower, upper, cost, rowLower, rowUpper]
    ) {
      apus_clp_solve($0, &x, &duals, &steps)
    }
    switch status {
    case 0: return .solved(x: x, duals: duals, steps: Int(steps))
    case 1: return .infeasible
    case 2: return .unbounded
    case 5: throw .libraryMissing(library: "libClp.so.1", package: "coinor-libclp1")
    default: return .failed(steps: Int(steps))
    }
  }

  private static func withPointers(
    _ program: inout apus_linear_program, _ starts: [Int32], _ indices: [Int32],
    _ values: [Double], _ limits: [[Double]], _ body: (UnsafePointer<apus_linear_program>) -> Int32
  ) -> Int32 {
    starts.withUnsafeBufferPointer { starts in
      indices.withUnsafeBufferPointer { indices in
        values.withUnsafeBufferPointer { values in
          limits[0].withUnsafeBufferPointer { lower in
            limits[1].withUnsafeBufferPointer { upper in
              limits[2].withUnsafeBufferPointer { cost in
                limits[3].withUnsafeBufferPointer { rowLower in
                  limits[4].withUnsafeBufferPointer { rowUpper in
                    program.starts = starts.baseAddress
                    program.indices = indices.baseAddress
                    program.values = values.baseAddress
                    program.column_lower = lower.baseAddress
                    program.column_upper = upper.baseAddress
                    program.cost = cost.baseAddress
                    program.row_lower = rowLower.baseAddress
                    program.row_upper = rowUpper.baseAddress
                    return withUnsafePointer(to: &program, body)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
