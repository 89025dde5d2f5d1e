import Expressions
import Kernels
import Simulation

/// Computes rows of weights for one worker; what sets share is kept while a bar lasts.
final class RowEvaluator: WeightEvaluator {
  private let plan: RowPlan
  private let grid: ParameterGrid
  private let tables: RowTables
  private let kernels: KernelTable
  private let symbols: Int
  private let width: Int
  private var across: AcrossRows
  /// Room for the values of one row across, symbols that have ended left out.
  private let room: AlignedBuffer<Double>
  private var states: [RowState]
  private var bar = -1
  /// Goes up with every bar.
  private var now = 0
  private var point = 0

  /// What one row of the plan has at hand.
  private struct RowState {
    /// Tables by the number of their parameters.
    var tables: [Int: RowTables.Table] = [:]
    /// When the row of each number was computed, if it is kept by number.
    var madeAt: [Int] = []
    /// The rows, in chunks that never move.
    var memory: [Int: RowMemory] = [:]
    var last: RowMemory?
    var lastKey = -1
    var lastMade = -1
  }

  /// Memory of one row.
  private final class RowMemory {
    let buffer: AlignedBuffer<Vector>
    /// Whether one vector stands for the whole row.
    var isUniform = false

    init(width: Int) { buffer = AlignedBuffer(repeating: .zero, count: width) }

    var operand: BlockOperand {
      isUniform
        ? BlockOperand(constant: UnsafePointer(buffer.base))
        : BlockOperand(lanes: UnsafePointer(buffer.base))
    }
  }

  init(plan: RowPlan, grid: ParameterGrid, tables: RowTables, kernels: KernelTable) {
    self.plan = plan
    self.grid = grid
    self.tables = tables
    self.kernels = kernels
    symbols = tables.frame.symbols.count
    width = (symbols + laneWidth - 1) / laneWidth
    across = AcrossRows(symbols: symbols)
    room = AlignedBuffer(repeating: .nan, count: max(1, symbols))
    states = plan.rows.map { row in
      var state = RowState()
      if row.isShared { state.madeAt = Array(repeating: -1, count: row.keyCount) }
      return state
    }
  }

  func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>) {
    if bar != self.bar {
      self.bar = bar
      now += 1
    }
    point = grid.points[set]
    let found = row(plan.rows.count - 1)
    guard let lanes = found.lanes else { return }
    let numbers = UnsafeRawPointer(lanes).assumingMemoryBound(to: Double.self)
    if found.step == 0 {
      output.update(repeating: numbers[0].isFinite ? numbers[0] : .nan, count: symbols)
      return
    }
    for symbol in 0..<symbols {
      output[symbol] = numbers[symbol].isFinite ? numbers[symbol] : .nan
    }
  }

  private func row(_ place: Int) -> BlockOperand {
    var key = 0
    for (axis, factor) in plan.rows[place].axes {
      key += grid.index(axis: axis, point: point) * factor
    }
    if case .table(let node, let isUniform) = plan.rows[place].work {
      return tableRow(place, node, key, isUniform)
    }
    let isShared = plan.rows[place].isShared
    if isShared {
      if states[place].madeAt[key] == now, let known = states[place].memory[key] {
        return known.operand
      }
    } else if states[place].lastKey == key, states[place].lastMade == now,
      let last = states[place].last
    {
      return last.operand
    }
    // Inputs first: they may be the rows of other nodes only.
    let memory: RowMemory
    if isShared {
      memory = states[place].memory[key] ?? RowMemory(width: width)
      states[place].memory[key] = memory
    } else {
      memory = states[place].last ?? RowMemory(width: width)
      states[place].last = memory
      states[place].lastKey = key
      states[place].lastMade = now
    }
    compute(plan.rows[place].work, into: memory)
    if isShared { states[place].madeAt[key] = now }
    return memory.operand
  }

  private func tableRow(_ place: Int, _ node: Int, _ key: Int, _ isUniform: Bool) -> BlockOperand {
    let (row, hasAllBars) = tables.row(of: bar)
    let index = key * 2 + (hasAllBars ? 1 : 0)
    let table: RowTables.Table
    if let known = states[place].tables[index] {
      table = known
    } else {
      table = tables.table(
        node: node, key: key, hasAllBars: hasAllBars, isUniform: isUniform,
        parameters: { grid.values(point: point) })
      states[place].tables[index] = table
    }
    return isUniform
      ? BlockOperand(constant: table.vectors(row)) : BlockOperand(lanes: table.vectors(row))
  }

  private func compute(_ work: RowPlan.Work, into memory: RowMemory) {
    let output = memory.buffer.base
    func count(_ operands: BlockOperand...) -> Int {
      memory.isUniform = operands.allSatisfy { $0.step == 0 }
      return memory.isUniform ? 1 : width
    }
    switch work {
    case .table: break
    case .constant(let value):
      memory.isUniform = true
      output[0] = Vector(repeating: value.value(grid.values(point: point)))
    case .unary(let operation, let x):
      let a = row(x)
      kernels.unary(operation, a, output, count(a))
    case .binary(let operation, let x, let y):
      let (a, b) = (row(x), row(y))
      kernels.binary(operation, a, b, output, count(a, b))
    case .select(let condition, let x, let y):
      let (c, a, b) = (row(condition), row(x), row(y))
      kernels.select(c, a, b, output, count(c, a, b))
    case .across(let function, let x, let symbol):
      memory.isUniform = false
      let a = row(x)
      guard let lanes = a.lanes else { return }
      let numbers = UnsafeRawPointer(lanes).assumingMemoryBound(to: Double.self)
      for place in 0..<symbols { room.base[place] = numbers[a.step == 0 ? 0 : place] }
      tables.section.hideEnded(room.base, bar: bar - tables.frame.historyStart)
      across.apply(function, UnsafePointer(room.base), into: room.base)
      if let symbol {
        memory.isUniform = true
        let place = tables.section.place(of: symbol)
        output[0] = Vector(repeating: place.map { room.base[$0] } ?? .nan)
      } else {
        let numbers = UnsafeMutableRawPointer(output).assumingMemoryBound(to: Double.self)
        numbers.update(from: room.base, count: symbols)
      }
    }
  }
}
