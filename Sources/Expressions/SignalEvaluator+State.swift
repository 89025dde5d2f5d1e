import Indicators
import Kernels

extension SignalEvaluator {
  /// What the bars so far have left in an evaluator: columns as far back as anybody reads them, and what runs through time.
  public struct State: Sendable {
    fileprivate var bars: Int
    fileprivate var histories: [Double]
    fileprivate var states: [Vector]
    fileprivate var words: [UInt64]
    fileprivate var slots: [Double]
    fileprivate var indicators: [any Indicator]
    fileprivate var prefixes: [PrefixSum]
  }

  /// What the bars so far have left.
  ///
  /// An evaluator of the same program that begins with it goes on to the bit as this one would.
  public var state: State {
    var histories: [Double] = []
    forEachHistory { column, length in
      // After a block they still stand at its end.
      let first = column - length + count
      histories.append(contentsOf: UnsafeBufferPointer(start: first, count: length))
    }
    return State(
      bars: firstBar + count, histories: histories, states: Self.values(layout.states),
      words: Self.values(layout.wordStates), slots: Self.values(layout.slotStates),
      indicators: indicators, prefixes: prefixes)
  }

  /// Turns to a symbol some of whose bars another evaluator has seen.
  ///
  /// - Parameters:
  ///   - columns: whose bars count from the first that was ever seen.
  ///   - state: what was left; the next block begins with the bar after.
  public func begin(_ columns: SignalColumns, after state: State) {
    turn(to: columns)
    if !isLaidOut { layout.reset(program) }
    isLaidOut = true
    firstBar = state.bars
    count = 0
    state.histories.withUnsafeBufferPointer {
      guard var from = $0.baseAddress else { return }
      forEachHistory { column, length in
        (column - length).update(from: from, count: length)
        from += length
      }
    }
    Self.set(layout.states, state.states)
    Self.set(layout.wordStates, state.words)
    Self.set(layout.slotStates, state.slots)
    indicators = state.indicators
    prefixes = state.prefixes
  }

  /// Columns that are read before their first bar, with how far.
  private func forEachHistory(_ body: (UnsafeMutablePointer<Double>, Int) -> Void) {
    for index in 0..<layout.slotSteps.count {
      let slot = layout.slotSteps.base[index]
      if slot.history == 0 { continue }
      body(slot.output, slot.history)
      if case .prefix(_, _, let lo, _) = slot.work { body(lo, slot.history) }
    }
  }

  private static func values<Value>(_ buffer: borrowing AlignedBuffer<Value>) -> [Value] {
    Array(UnsafeBufferPointer(start: buffer.base, count: buffer.count))
  }

  private static func set<Value>(_ buffer: borrowing AlignedBuffer<Value>, _ values: [Value]) {
    precondition(values.count == buffer.count, "the state of an evaluator of the same program")
    for (place, value) in values.enumerated() { buffer.base[place] = value }
  }
}
