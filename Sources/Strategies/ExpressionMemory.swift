import Expressions
import Kernels
import Market
import Simulation
import Synchronization

/// What bars that runs have in common have left in a strategy's expressions: runs that differ in later prices alone go on from there.
///
/// Everything is computed once, when it is first asked for, and shared by all runs and workers; bits are those of a run that sees all bars.
package final class ExpressionMemory: Sendable {
  /// Those bars, of all symbols of the runs.
  let past: CrossSection
  /// The signals of the one parameter set; nil for weights.
  let signals: ProgramMemory?
  private let nodes = Mutex<[NodeKey: ProgramMemory]>([:])

  private struct NodeKey: Hashable {
    var node: Int
    var parameters: [UInt64]
  }

  init(_ past: CrossSection, signals: SignalProgram?) {
    self.past = past
    self.signals = signals.map { ProgramMemory($0, past, computesSignals: true) }
  }

  /// A node for given values of the axes.
  func node(_ node: Int, _ parameters: [Double], _ program: () -> SignalProgram) -> ProgramMemory {
    let key = NodeKey(node: node, parameters: parameters.map(\.bitPattern))
    return nodes.withLock { nodes in
      if let known = nodes[key] { return known }
      let made = ProgramMemory(program(), past, computesSignals: false)
      nodes[key] = made
      return made
    }
  }
}

/// What past bars have left in a program, symbol by symbol.
final class ProgramMemory: Sendable {
  /// What one of them begins with.
  struct Held: Sendable {
    var state: SignalEvaluator.State
    /// Its first bar with a close; nil if there is none.
    var firstPrice: Int?
  }

  let program: SignalProgram
  let past: CrossSection
  private let computesSignals: Bool
  private let held = Mutex<[Int: Held]>([:])

  init(_ program: SignalProgram, _ past: CrossSection, computesSignals: Bool) {
    self.program = program
    self.past = past
    self.computesSignals = computesSignals
  }

  /// Turns an evaluator of the program to a symbol at the first bar after the past.
  ///
  /// - Parameters:
  ///   - place: of the symbol in the frame.
  ///   - firstPrice: its first bar with a close from there on, where the past has none; 0 where the program has no signals.
  ///   - outside: what the program reads outside the symbol's own columns, from there on.
  func resume(
    _ evaluator: SignalEvaluator, place: Int, firstPrice: Int, outside: [UnsafePointer<Double>]
  ) {
    let held = held(place)
    let bars = past.frame.barCount
    evaluator.begin(
      columns(
        firstPrice: computesSignals ? held.firstPrice ?? bars + firstPrice : 0, outside: outside,
        outsideStart: bars), after: held.state)
  }

  private func columns(
    firstPrice: Int, outside: [UnsafePointer<Double>], outsideStart: Int
  ) -> SignalColumns {
    let frame = past.frame
    return SignalColumns(
      clock: past.clock, clockStart: frame.historyStart, firstPrice: firstPrice,
      firstTradingBar: frame.firstTrading - frame.historyStart, outside: outside,
      outsideStart: outsideStart)
  }

  private func held(_ place: Int) -> Held {
    // Two workers that ask at once compute the same.
    if let known = held.withLock({ $0[place] }) { return known }
    let made = make(place)
    held.withLock { $0[place] = made }
    return made
  }

  private func make(_ place: Int) -> Held {
    let bars = past.frame.barCount
    let firstPrice = computesSignals ? past.firstPrice(place) : 0
    let evaluator = SignalEvaluator(program: program, kernels: past.kernels)
    let outside = past.columns(program.outside, symbol: past.frame.symbols[place])
    evaluator.begin(
      columns(firstPrice: firstPrice ?? bars, outside: outside.pointers, outsideStart: 0))
    let tables = zip(program.fields, program.readsField).map { $1 ? past.field($0) : nil }
    let unread = past.clock.anything
    for bar in stride(from: 0, to: bars, by: SignalEvaluator.blockBars) {
      let count = min(SignalEvaluator.blockBars, bars - bar)
      evaluator.advance(
        fields: tables.map { $0.map { $0.column(place) + bar } ?? unread }, count: count)
      if computesSignals { _ = evaluator.signals(of: 0) }
    }
    withExtendedLifetime(outside.owners) {}
    return Held(state: evaluator.state, firstPrice: firstPrice)
  }
}
