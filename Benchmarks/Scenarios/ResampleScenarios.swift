import BenchmarkKit
import BenchmarkReference
import Market

/// From bars to longer bars.
let resampleScenarios: [Scenario] = [
  Scenario(
    "resample/1-symbol", unit: .bytes, limit: "memory bandwidth of one thread",
    prepare: { try resample($0, bars: $0.size(1_000_000, tiny: 800), symbols: 1) }),
  Scenario(
    "resample/100-symbols", unit: .bytes, limit: "memory bandwidth of one thread",
    prepare: { try resample($0, bars: $0.size(7800, tiny: 800), symbols: $0.size(100, tiny: 9)) }),
]

/// Minutes of US equities into five minutes by session: planning the bins and folding five fields, one worker.
///
/// Limit: one thread's sum over the fields, in order. Volumes are whole numbers, so their sums must be equal.
private func resample(_ context: ScenarioContext, bars: Int, symbols: Int) throws -> Workload {
  let draft = try Fixture.draft(bars: bars, symbols: symbols, decimals: 2, frequency: .minute)
  let panel = Fixture.panel(draft)
  let values = draft.fields.flatMap(\.values)
  // The synthetic market keeps its hours in UTC all year.
  let zone = ZoneRules(name: "EST", changes: [], offsets: [-5 * 3_600_000_000_000])
  func make() throws -> [PanelDraft.Field] {
    let plan = try BinPlan(
      times: panel.time.ns, from: Frequency(ns: panel.frequencyNs),
      to: Frequency(ns: 5 * panel.frequencyNs), calendar: panel.calendar, zone: zone,
      sessions: .all)
    return panel.resampled(plan, folds: panel.fields.map(PricePanel.customaryFold), workers: 1)
  }
  let wanted = apus_reference_sum(draft.fields[4].values, bars * symbols)
  let volumes = try make()[4].values
  let found = apus_reference_sum(volumes, volumes.count)
  guard found == wanted else {
    throw BenchmarkError.disagreement(
      what: "resample, sum of volumes", found: "\(found)", expected: "\(wanted)")
  }
  return Workload(
    work: Double(values.count * MemoryLayout<Double>.stride),
    contestants: [Contestant("BinPlan and resampled") { blackHole(try make()) }],
    limit: Contestant("read of memory in C") { blackHole(apus_reference_sum(values, values.count)) }
  )
}
