import BenchmarkKit
import BenchmarkReference
import Glibc
import Market
import Storage

/// From stores into panels.
let storeScenarios: [Scenario] = [
  Scenario(
    "store/open", unit: .openings, limit: "opening and mapping the file, one thread",
    prepare: openStore),
  Scenario(
    "store/load", unit: .bytes, limit: "memory bandwidth of one thread", prepare: loadStore),
]

/// Opening a store and mapping its panel, without touching a price.
///
/// Data: a store of 500 symbols × 2,520 bars × 5 fields, 50 MB. HDF5 reads the header, 2,520 times, 500 symbols and the
/// attributes; the fields are mapped.
/// Limit: `open`, `fstat`, `mmap` and `munmap` of the same file. What lies between is HDF5's metadata.
private func openStore(_ context: ScenarioContext) throws -> Workload {
  let (path, draft) = try store(context)
  return Workload(
    work: 1,
    contestants: [
      Contestant("PriceStore") {
        blackHole(try PriceStore.open(path).loadPanel(draft.name))
      }
    ],
    limit: Contestant("open and mmap in C") {
      guard apus_reference_map_file(path) else {
        throw BenchmarkError.system(call: "mmap", path: path, code: errno)
      }
    })
}

/// Opening a store and reading every price once, symbol by symbol as the engine does.
///
/// Data: as `store/open`, 50 MB in the page cache: 12,300 pages are mapped in, and a symbol's bars lie 4 kB apart, so
/// each takes a cache line of its own.
/// Limit: one thread's sum over as many bytes in memory of its own, in order. The prices are summed in either case, and
/// the sums must be equal.
private func loadStore(_ context: ScenarioContext) throws -> Workload {
  let (path, draft) = try store(context)
  let values = draft.fields.flatMap(\.values)
  let expected = apus_reference_sum(values, values.count)
  let bars = draft.timeNs.count
  let column = UnsafeMutablePointer<Double>.allocate(capacity: bars)
  let owner = Scratch(column)
  func load() throws -> Double {
    let panel = try PriceStore.open(path).loadPanel(draft.name)
    var sum = 0.0
    for field in panel.fields.indices {
      for symbol in 0..<panel.symbolCount {
        panel.copyColumn(field: field, symbol: symbol, bars: 0..<bars, into: owner.base)
        sum += apus_reference_sum(owner.base, bars)
      }
    }
    return sum
  }
  let found = try load()
  guard abs(found - expected) <= 1e-9 * abs(expected) else {
    throw BenchmarkError.disagreement(
      what: "store/load, sum of prices", found: "\(found)", expected: "\(expected)")
  }
  return Workload(
    work: Double(values.count * MemoryLayout<Double>.stride),
    contestants: [Contestant("PriceStore, every column") { blackHole(try load()) }],
    limit: Contestant("read of memory in C") { blackHole(apus_reference_sum(values, values.count)) }
  )
}

private func store(_ context: ScenarioContext) throws -> (path: String, draft: PanelDraft) {
  let draft = try Fixture.draft(
    bars: context.size(2520, tiny: 20), symbols: context.size(500, tiny: 3))
  let path = context.path("prices.h5")
  try PriceStore.write([draft], to: path, force: true)
  return (path, draft)
}

/// Memory that a contestant writes to and that lives as long as it.
final class Scratch<Element> {
  let base: UnsafeMutablePointer<Element>
  init(_ base: UnsafeMutablePointer<Element>) { self.base = base }
  deinit { base.deallocate() }
}
