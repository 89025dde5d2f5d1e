import BenchmarkKit
import BenchmarkReference
import Dispatch
import Glibc
import Market
import Storage
import Synchronization

/// From stores into panels.
let storeScenarios: [Scenario] = [
  Scenario(
    "store/open", unit: .openings, limit: "opening and mapping the file, one thread",
    prepare: openStore),
  Scenario(
    "store/load", unit: .bytes, limit: "memory bandwidth of one thread", prepare: loadStore),
  Scenario(
    "store/append-day", unit: .bytes, limit: "writing the file, and hashing it meanwhile"
  ) { try appendDay($0, toFolder: false) },
  Scenario(
    "store/append-day-folder", unit: .bytes,
    limit: "writing the last file, and hashing it meanwhile"
  ) { try appendDay($0, toFolder: true) },
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

/// Appending one more day to twenty years, as a user does every evening.
///
/// Data: a store of 500 symbols × 5,040 bars × 5 fields, 101 MB in one file, or as a folder of one file a year, of which the
/// last is written: 5 MB at most. Every run appends another day.
/// Limit: a file of as many bytes, written, synced and renamed, while SHA-256 runs over them in another thread. What
/// comes on top is reading what is there and comparing.
private func appendDay(_ context: ScenarioContext, toFolder: Bool) throws -> Workload {
  let draft = try Fixture.draft(
    bars: context.size(5040, tiny: 20), symbols: context.size(500, tiny: 3))
  let path = context.path(toFolder ? "prices/" : "prices.h5")
  if PriceStore.isFolder(path) {
    try PriceStore.add(draft, to: path, force: true)
  } else {
    try PriceStore.write([draft], to: path, force: true)
  }
  var day = draft
  for field in day.fields.indices {
    day.fields[field].values = Array(draft.fields[field].values.suffix(draft.symbols.count))
  }
  // A nanosecond apart, so that any number of runs stays in the last year.
  let times = Times(last: draft.timeNs[draft.timeNs.count - 1])
  func append() throws -> AppendOutcome {
    day.timeNs = [times.next()]
    return try PriceStore.append(day, to: path)
  }
  let written = try append()
  guard written.barsAdded == 1, let file = written.filesWritten.first,
    written.filesWritten.count == 1
  else {
    throw BenchmarkError.disagreement(
      what: "store/append-day, bars added", found: "\(written)", expected: "1 in one file")
  }
  var status = stat()
  guard stat(file, &status) == 0 else {
    throw BenchmarkError.system(call: "stat", path: file, code: errno)
  }
  let bytes = [UInt8](repeating: 7, count: Int(status.st_size))
  let copy = context.path("copy.bin")
  return Workload(
    work: Double(bytes.count),
    contestants: [Contestant("PriceStore.append") { blackHole(try append()) }],
    limit: Contestant("one write, SHA-256 beside it") {
      let failure = Mutex<StorageError?>(nil)
      DispatchQueue.concurrentPerform(iterations: 2) { part in
        if part == 0 {
          var hash = SHA256()
          bytes.withUnsafeBytes { hash.update($0) }
          blackHole(hash.hexDigest())
        } else {
          do throws(StorageError) {
            try AtomicFile.write(bytes, to: copy, force: true)
          } catch {
            failure.withLock { $0 = error }
          }
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
    })
}

/// Bars that follow each other.
private final class Times {
  private var last: Int64
  init(last: Int64) { self.last = last }
  func next() -> Int64 {
    last += 1
    return last
  }
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
