import Expressions
import Kernels
import Market
import Simulation
import Synchronization

/// Numbers for all symbols of a run over all its bars: what an expression needs beside the columns of its own symbol.
///
/// Everything is computed once, by the worker that asks first, and kept as long as some worker uses it.
final class CrossSection: Sendable {
  /// Which symbols and bars there are.
  struct Frame: Hashable, Sendable {
    /// Positions in the panel of the symbols that are compared.
    var symbols: [Int]
    /// First bar of the panel that is seen.
    var historyStart: Int
    /// First bar of trading.
    var firstTrading: Int
    /// End of the bars.
    var end: Int

    init(_ run: LaneRun) {
      self.init(symbols: run.symbols, window: run.window, historyStart: run.historyStart)
    }

    init(symbols: [Int], window: Range<Int>, historyStart: Int) {
      self.symbols = symbols
      self.historyStart = historyStart
      firstTrading = window.lowerBound
      end = window.upperBound
    }

    var barCount: Int { end - historyStart }
  }

  let frame: Frame
  let panel: PricePanel
  let graph: ExpressionGraph
  private let axes: [ParameterGrid.Axis]
  let clock: ClockColumns
  let kernels: KernelTable
  /// What bars before the frame have left in expressions; nil if they have seen none.
  private let memory: ExpressionMemory?
  /// Place among the frame's symbols by position in the panel.
  private let places: [Int: Int]
  private let fields = OnceByKey<String, SymbolColumnsTable>()
  // Every table needs fields again, so they stay.
  private let keptFields = Mutex<[SymbolColumnsTable]>([])
  private let foreign = OnceByKey<ExpressionGraph.External, SymbolColumnsTable>()
  private let tables = OnceByKey<TableKey, SymbolColumnsTable>()

  private struct TableKey: Hashable, Sendable {
    var function: AcrossFunction
    var node: Int
    var key: Int
  }

  init(
    _ frame: Frame, panel: PricePanel, graph: ExpressionGraph, axes: [ParameterGrid.Axis],
    clock: ClockColumns, kernels: KernelTable, memory: ExpressionMemory? = nil
  ) {
    self.frame = frame
    self.panel = panel
    self.graph = graph
    self.axes = axes
    self.clock = clock
    self.kernels = kernels
    self.memory = memory
    places = Dictionary(uniqueKeysWithValues: frame.symbols.enumerated().map { ($1, $0) })
  }

  /// The same expressions over some bars of another panel.
  func over(_ panel: PricePanel, _ frame: Frame) -> CrossSection {
    CrossSection(frame, panel: panel, graph: graph, axes: axes, clock: clock, kernels: kernels)
  }

  /// The bars that come after this frame, up to another one, on a panel that has the same until there.
  func following(_ memory: ExpressionMemory, to end: Int, on panel: PricePanel) -> CrossSection {
    var frame = frame
    frame.historyStart = frame.end
    frame.firstTrading = frame.end
    frame.end = end
    return CrossSection(
      frame, panel: panel, graph: graph, axes: axes, clock: clock, kernels: kernels, memory: memory)
  }

  /// The first bar at which a symbol of the frame has a close, from the frame's first; nil if there is none.
  func firstPrice(_ place: Int) -> Int? {
    guard let close = panel.fieldIndex("close") else { return nil }
    let values = panel.field(close) + frame.symbols[place]
    return (0..<frame.barCount).first {
      !values[(frame.historyStart + $0) * panel.symbolCount].isNaN
    }
  }

  /// Place of a symbol among the frame's; nil if it is not compared.
  func place(of symbol: String) -> Int? {
    panel.symbols.index(of: symbol).flatMap { places[$0] }
  }

  /// What a program reads outside a symbol's own columns, and what keeps it in memory.
  ///
  /// - Parameters:
  ///   - columns: what the program reads.
  ///   - symbol: position in the panel.
  func columns(_ columns: [OutsideColumn], symbol: Int) -> (
    pointers: [UnsafePointer<Double>], owners: [SymbolColumnsTable]
  ) {
    var pointers: [UnsafePointer<Double>] = []
    var owners: [SymbolColumnsTable] = []
    for column in columns {
      let (table, place) = table(column, symbol: symbol)
      pointers.append(table.column(place))
      owners.append(table)
    }
    return (pointers, owners)
  }

  private func table(_ column: OutsideColumn, symbol: Int) -> (SymbolColumnsTable, Int) {
    switch column {
    case .external(.isSymbol(let name)):
      let isIt = panel.symbols[symbol].symbol == name
      let table = foreign.value(.isSymbol("")) {
        let table = SymbolColumnsTable(symbols: 2, bars: frame.barCount)
        table.base.update(repeating: 0, count: frame.barCount)
        (table.base + frame.barCount).update(repeating: 1, count: frame.barCount)
        return table
      }
      return (table, isIt ? 1 : 0)
    case .external(.field(let field, let name)):
      let table = foreign.value(.field(field, symbol: name)) {
        let table = SymbolColumnsTable(symbols: 1, bars: frame.barCount)
        guard let index = panel.fieldIndex(field), let symbol = panel.symbols.index(of: name) else {
          preconditionFailure("\(name) and \(field) were checked")
        }
        panel.copyColumn(
          field: index, symbol: symbol, bars: frame.historyStart..<frame.end, into: table.base)
        return table
      }
      return (table, 0)
    case .across(let function, let node, let name, let parameters, let key):
      let table = across(function, of: node, key: key, parameters: parameters)
      // Behind the symbols a column for those that are not compared.
      let place = name.map { self.place(of: $0) } ?? places[symbol]
      return (table, place ?? frame.symbols.count)
    }
  }

  /// A function across symbols at every bar, by symbol.
  private func across(
    _ function: AcrossFunction, of node: Int, key: Int, parameters: [Double]
  ) -> SymbolColumnsTable {
    tables.value(TableKey(function: function, node: node, key: key)) {
      let width = frame.symbols.count
      let table = SymbolColumnsTable(symbols: width + 1, bars: frame.barCount)
      forEachBlock(of: node, parameters) { place, bars, values in
        (table.base + place * frame.barCount + bars.lowerBound).update(
          from: values, count: bars.count)
      }
      var rows = AcrossRows(symbols: width)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.rowBlock * max(1, width)) {
        let room = $0.baseAddress.unsafelyUnwrapped
        var bar = 0
        while bar < frame.barCount {
          let count = min(Self.rowBlock, frame.barCount - bar)
          for place in 0..<width {
            let column = table.base + place * frame.barCount + bar
            for row in 0..<count { room[row * width + place] = column[row] }
          }
          for row in 0..<count {
            let values = room + row * width
            hideEnded(values, bar: bar + row)
            rows.apply(function, values, into: values)
          }
          for place in 0..<width {
            let column = table.base + place * frame.barCount + bar
            for row in 0..<count { column[row] = room[row * width + place] }
          }
          bar += count
        }
      }
      return table
    }
  }

  // Rows that are turned at once: whole cache lines of a column.
  private static let rowBlock = 32

  /// Leaves out symbols that have not begun or have ended; `bar` counts from the frame's first.
  func hideEnded(_ row: UnsafeMutablePointer<Double>, bar: Int) {
    for (place, symbol) in frame.symbols.enumerated() {
      let isAlive = panel.lifetimes[symbol]?.contains(frame.historyStart + bar) ?? false
      if !isAlive { row[place] = .nan }
    }
  }

  /// Evaluates a node for one symbol after another, block by block.
  ///
  /// - Parameters:
  ///   - node: any number or condition.
  ///   - parameters: values for the axes.
  ///   - symbols: how many of the frame's symbols, from the first.
  ///   - take: takes the place of the symbol, bars from the frame's first, and their values.
  func forEachBlock(
    of node: Int, _ parameters: [Double], symbols: Int? = nil,
    take: (Int, Range<Int>, UnsafePointer<Double>) -> Void
  ) {
    let memory = self.memory?.node(node, parameters) {
      self.program(of: node, parameters)
    }
    let program = memory?.program ?? self.program(of: node, parameters)
    let evaluator = SignalEvaluator(program: program, kernels: kernels)
    let tables = zip(program.fields, program.readsField).map { $1 ? field($0) : nil }
    for (place, symbol) in frame.symbols.prefix(symbols ?? .max).enumerated() {
      let outside = columns(program.outside, symbol: symbol)
      if let memory {
        memory.resume(evaluator, place: place, firstPrice: 0, outside: outside.pointers)
      } else {
        evaluator.begin(
          SignalColumns(
            clock: clock, clockStart: frame.historyStart, firstPrice: 0,
            firstTradingBar: frame.firstTrading - frame.historyStart, outside: outside.pointers))
      }
      let unread = clock.anything
      var bar = 0
      while bar < frame.barCount {
        let count = min(SignalEvaluator.blockBars, frame.barCount - bar)
        evaluator.advance(
          fields: tables.map { $0.map { $0.column(place) + bar } ?? unread }, count: count)
        if let values = evaluator.number(0, of: 0)?.series {
          take(place, bar..<bar + count, values)
        }
        bar += count
      }
      withExtendedLifetime(outside.owners) {}
    }
  }

  private func program(of node: Int, _ parameters: [Double]) -> SignalProgram {
    let grid = ParameterGrid(
      axes: zip(axes, parameters).map { ParameterGrid.Axis(name: $0.name, values: [$1]) })
    do throws(ExpressionError) {
      return try SignalProgram(
        graph: graph, signals: [], numbers: [node], grid: grid, sets: 0..<1)
    } catch {
      preconditionFailure("arguments were checked: \(error)")
    }
  }

  /// A field by symbol.
  func field(_ name: String) -> SymbolColumnsTable {
    fields.value(name) {
      guard let field = panel.fieldIndex(name) else {
        preconditionFailure("field \(name) was checked")
      }
      let table = SymbolColumnsTable(symbols: frame.symbols.count, bars: frame.barCount)
      // A few rows at a time, which stay in the cache for all symbols.
      var bar = 0
      while bar < frame.barCount {
        let count = min(64, frame.barCount - bar)
        let first = frame.historyStart + bar
        for (place, symbol) in frame.symbols.enumerated() {
          panel.copyColumn(
            field: field, symbol: symbol, bars: first..<first + count,
            into: table.base + place * frame.barCount + bar)
        }
        bar += count
      }
      keptFields.withLock { $0.append(table) }
      return table
    }
  }
}

/// A column of numbers for each of some symbols, one after the other; NaN at first.
final class SymbolColumnsTable {
  private let buffer: AlignedBuffer<Double>
  private let bars: Int

  init(symbols: Int, bars: Int) {
    self.bars = bars
    buffer = AlignedBuffer(repeating: .nan, count: symbols * bars)
  }

  var base: UnsafeMutablePointer<Double> { buffer.base }

  /// The column of a symbol by its place.
  func column(_ place: Int) -> UnsafePointer<Double> { UnsafePointer(buffer.base + place * bars) }
}

// Written by the worker that makes it, under the lock of `OnceByKey`, and only read from then on.
extension SymbolColumnsTable: @unchecked Sendable {}

/// Values that are made when they are first asked for, by one worker while others wait, and live as long as someone holds them.
final class OnceByKey<Key: Hashable & Sendable, Value: AnyObject & Sendable>: Sendable {
  private final class Place: Sendable {
    private struct Held: Sendable {
      weak var value: Value?
    }
    private let held = Mutex(Held())

    func value(_ make: () -> Value) -> Value {
      held.withLock {
        if let value = $0.value { return value }
        let value = make()
        $0.value = value
        return value
      }
    }
  }

  private let places = Mutex<[Key: Place]>([:])

  func value(_ key: Key, make: () -> Value) -> Value {
    let place = places.withLock { places in
      if let place = places[key] { return place }
      let place = Place()
      places[key] = place
      return place
    }
    return place.value(make)
  }
}

/// The cross sections of a strategy, one for each run that uses it.
final class CrossSections: Sendable {
  private let panel: PricePanel
  private let graph: ExpressionGraph
  private let axes: [ParameterGrid.Axis]
  private let clock: ClockColumns
  private let known = OnceByKey<CrossSection.Frame, CrossSection>()
  private let memory: ExpressionMemory?

  init(
    panel: PricePanel, graph: ExpressionGraph, axes: [ParameterGrid.Axis], clock: ClockColumns,
    memory: ExpressionMemory? = nil
  ) {
    self.memory = memory
    self.panel = panel
    self.graph = graph
    self.axes = axes
    self.clock = clock
  }

  /// The cross section of a run.
  func section(_ frame: CrossSection.Frame, kernels: KernelTable) -> CrossSection {
    known.value(frame) {
      CrossSection(
        frame, panel: panel, graph: graph, axes: axes, clock: clock, kernels: kernels,
        memory: memory)
    }
  }
}
