import BenchmarkKit
import Glibc
import Market
import Storage

/// Whole processes.
let startupScenarios: [Scenario] = [
  Scenario(
    "startup/version", unit: .processes, limit: "starting a process that does nothing",
    prepare: startVersion),
  Scenario(
    "startup/one-lane", unit: .processes, limit: "starting a process that does nothing",
    prepare: startBacktest),
]

/// `apus --version`.
///
/// What counts is the loading and binding of libraries, and the start of the runtime; there are no data. Limit:
/// `/bin/true`, which loads the C library alone.
private func startVersion(_ context: ScenarioContext) throws -> Workload {
  try processes(context, ["--version"])
}

/// `apus backtest` of one lane: two moving averages over ten years of one symbol.
///
/// Data: 2,520 bars of one symbol in a store; a spec of four lines. On top of `startup/version` come reading both
/// through HDF5, and writing a result with its trace, which is synced to disk twice. Limit: as `startup/version`.
private func startBacktest(_ context: ScenarioContext) throws -> Workload {
  let draft = try Fixture.draft(bars: context.size(2520, tiny: 60), symbols: 1)
  try PriceStore.write([draft], to: context.path("prices.h5"), force: true)
  let spec = context.path("cross.json5")
  try AtomicFile.write(
    """
    { apus: 1, data: { store: "prices.h5" },
      strategy: { long_entry: "crosses_above(sma(close, 20), sma(close, 50))",
                  long_exit: "crosses_below(sma(close, 20), sma(close, 50))" } }
    """, to: spec, force: true)
  return try processes(
    context, ["backtest", spec, "--quiet", "--force", "-o", context.path("result.h5")])
}

private func processes(_ context: ScenarioContext, _ words: [String]) throws -> Workload {
  guard let apus = context.apus else {
    throw BenchmarkError.unavailable(
      what: "the executable apus beside this one", next: "build it with: make build")
  }
  let nothing = "/bin/true"
  guard access(nothing, X_OK) == 0 else {
    throw BenchmarkError.unavailable(what: nothing, next: "install coreutils")
  }
  return Workload(
    work: 1,
    contestants: [
      Contestant("apus " + words[0]) { try ChildProcess.run(apus, words) }
    ],
    limit: Contestant(nothing) { try ChildProcess.run(nothing) })
}
