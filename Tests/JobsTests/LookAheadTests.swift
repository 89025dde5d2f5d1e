import Foundation
import Jobs
import Market
import Storage
import Testing

/// Nothing that happens after a bar may change what a lane did up to it.
@Suite struct LookAheadTests {
  enum Poison: String, CaseIterable { case nothing, noise, missing }

  private static let bars = 180

  /// The panel with everything after a bar replaced.
  private static func draft(_ name: String, seed: UInt64, after bar: Int, _ poison: Poison)
    -> PanelDraft
  {
    var draft = SampleMarket.draft(name, bars: bars, seed: seed)
    var noise = Noise(seed: seed &+ 999)
    let count = draft.symbols.count
    for place in ((bar + 1) * count)..<(bars * count) where poison != .nothing {
      let price = 10 + 300 * abs(noise.swing())
      for field in draft.fields.indices {
        draft.fields[field].values[place] =
          poison == .missing ? .nan : price * (1 + 0.2 * noise.swing())
      }
    }
    return draft
  }

  private static func root(_ path: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: path).path
  }

  /// Specs by name, each as a function of a store: the samples, and the demonstrations with smaller grids.
  private static func spec(_ name: String, _ bench: Workbench) throws -> Spec {
    if let sample = SampleSpec(rawValue: name) { return try sample.plan(on: bench).spec }
    let small = [
      "golden-cross": [("fast", "[3, 8]"), ("slow", "[10, 25]")],
      "crypto-dip": [("n", "[5, 15]"), ("band", "[0, 0.03]")],
    ]
    return try SpecFile.load(
      path: root("datasets/specs/\(name).json5"),
      settings: (small[name] ?? []).map { (key: $0.0, value: $0.1) } + [
        (key: "data.panel", value: "p")
      ]
    ).spec
  }

  @Test(
    "what comes after a bar changes nothing up to it",
    arguments: SampleSpec.allCases.map(\.rawValue) + ["golden-cross", "crypto-dip"],
    [UInt64(31), 32])
  func theFutureIsUnseen(name: String, seed: UInt64) throws {
    var noise = Noise(seed: seed)
    let bar = Int.random(in: 60..<Self.bars - 20, using: &noise)
    func records(_ poison: Poison) throws -> (plan: RunPlan, job: ReplayJob, folder: Workbench) {
      let bench = try Workbench(Self.draft("p", seed: seed, after: bar, poison))
      let plan = try RunPlan(spec: Self.spec(name, bench), storePath: bench.store)
      try bench.run(plan)
      return (plan, try ReplayJob(path: bench.folder.path("run.h5")), bench)
    }
    let real = try records(.nothing)
    var fills = 0
    var changed = 0
    for poison in [Poison.noise, .missing] {
      let other = try records(poison)
      for lane in 0..<real.plan.laneCount {
        let context = "seed \(seed), bar \(bar), \(poison), lane \(lane)"
        // After its last price a symbol has ended in the one world and pauses in the other.
        let run = real.plan.run
        let column = run.symbols[real.plan.layout.place(of: lane).group]
        let close = try #require(run.panel.fieldIndex("close"))
        let last = (run.window.lowerBound...bar).last {
          !run.panel.value(field: close, bar: $0, symbol: column).isNaN
        }
        guard let shown = last.map({ $0 - run.window.lowerBound }) else { continue }
        let a = try real.job.replay(lane: lane).record
        let b = try other.job.replay(lane: lane).record
        // Where the poison ends a symbol, or keeps it from ending, the lane goes through the other engine, which agrees to
        // rounding; the audit compares bits within one.
        func isClose(_ a: [Double], _ b: [Double]) -> Bool {
          a.count == b.count
            && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-10 * max(1, abs($0)) }
        }
        #expect(isClose(Array(a.equity[...shown]), Array(b.equity[...shown])), "\(context)")
        #expect(isClose(Array(a.cash[...shown]), Array(b.cash[...shown])), "\(context)")
        let before = [a, b].map { $0.fills.filter { $0.bar <= shown } }
        #expect(before[0].map(\.cause) == before[1].map(\.cause), "\(context)")
        #expect(before[0].map(\.price) == before[1].map(\.price), "\(context)")
        #expect(isClose(before[0].map(\.units), before[1].map(\.units)), "\(context)")
        let orders = [a, b].map {
          $0.orders.filter { $0.bar <= shown }.map { "\($0.bar) \($0.kind)" }
        }
        // The rule book records the orders that guard a position too.
        if real.plan.route == other.plan.route { #expect(orders[0] == orders[1], "\(context)") }
        fills += a.fills.count { $0.bar <= shown }
        changed += a.equity == b.equity ? 0 : 1
      }
    }
    // Lanes that never traded, or a future that changed nothing, would prove nothing.
    #expect(fills > 0 && changed > 0, "seed \(seed)")
  }

  @Test("the choice of the largest symbols does not see the future either") func selection() throws
  {
    for seed in UInt64(41)...44 {
      let chosen = try Poison.allCases.map { poison in
        let bench = try Workbench(Self.draft("p", seed: seed, after: 70, poison))
        let plan = try bench.plan(
          data: "from: '2014-03-12', symbols: { top: 2, by: 'close' }",
          "strategy: { long_entry: 'close > 1' }")
        #expect(plan.run.window.lowerBound == 70)
        // At the first bar of the run, the last that the poison leaves alone.
        let panel = plan.run.panel
        let field = try #require(panel.fieldIndex(Universe.field))
        return (0..<panel.symbolCount).filter {
          panel.value(field: field, bar: 70, symbol: $0) == 1
        }
      }
      // A symbol that has no price at the first bar and none after it is not known to trade.
      #expect(chosen[0] == chosen[1], "seed \(seed)")
      #expect(chosen[2].allSatisfy(chosen[0].contains), "seed \(seed)")
    }
  }
}
