import Foundation
import Jobs
import Simulation
import Storage
import Testing

/// What a run that ended early leaves, and what can be done with it.
@Suite struct ResumeTests {
  private let bench: Workbench
  private let plan: RunPlan
  private let whole: ResultTable
  private var journal: String { bench.folder.path("run.h5.partial") }

  init() throws {
    bench = try Workbench(SampleMarket.draft(bars: 80, seed: 3).unending)
    plan = try SampleSpec.stops.plan(
      on: bench, metrics: ["sharpe", "trades", "win_rate", "var_95"])
    whole = try bench.run(plan, to: "whole.h5").table
  }

  /// Runs some tiles and stops, as Ctrl-C does.
  @discardableResult
  private func begin(tiles: Int, _ change: (inout RunJob.Options) -> Void = { _ in }) throws
    -> Workbench.Finished
  {
    let asked = Counter()
    return try bench.run(plan, isCancelled: { asked.next() >= tiles }) { options in
      options.tileLanes = 2
      change(&options)
    }
  }

  @Test("an interrupted run is continued to the same rows", arguments: [1, 2, 7])
  func resumes(workers: Int) throws {
    let first = try begin(tiles: 3)
    #expect(!first.isComplete && first.table.lanes.count == 6)
    #expect(FileManager.default.fileExists(atPath: journal))
    // Once more in other tiles, which cut across those of before.
    let asked = Counter()
    let second = try bench.run(plan, isCancelled: { asked.next() >= 2 }) { options in
      options.resumes = true
      options.tileLanes = 5
    }
    #expect(second.outcome.laneCount > 6 && second.outcome.laneCount < plan.laneCount)
    let last = try bench.run(plan) { options in
      options.resumes = true
      options.workers = workers
    }
    #expect(last.isComplete && difference(content(last.table), content(whole)) == nil)
    #expect(last.outcome.simulatedLaneCount == plan.laneCount - second.outcome.laneCount)
    #expect(!last.summary.warnings.contains { $0.code == "interrupted" })
    #expect(!FileManager.default.fileExists(atPath: journal))
  }

  @Test func tilesGoToTheJournalWhenPatienceEnds() throws {
    let run = try bench.run(plan) { $0.journalPatience = .zero }
    #expect(difference(content(run.table), content(whole)) == nil)
    #expect(!FileManager.default.fileExists(atPath: journal))
  }

  @Test func anUnfinishedRunIsNeitherLostNorContinuedUnasked() throws {
    try begin(tiles: 2)
    let error = ResumeError.unfinished(journal: journal, lanes: 4, of: plan.laneCount)
    #expect(throws: error) { try bench.run(plan) }
    try FileManager.default.removeItem(atPath: bench.folder.path("run.h5"))
    #expect(throws: error) { try bench.run(plan) }
    #expect("\(error)".contains("--resume") && "\(error)".contains("--force"))
    // Force begins anew.
    let anew = try bench.run(plan) { $0.force = true }
    #expect(anew.outcome.simulatedLaneCount == plan.laneCount)
    #expect(!FileManager.default.fileExists(atPath: journal))
  }

  @Test func aTornOrDamagedJournalLosesTheTilesInQuestionOnly() throws {
    try begin(tiles: 3)
    let kept = try Data(contentsOf: URL(filePath: journal))
    for cut in stride(from: 0, to: kept.count, by: 13) {
      try Data(kept.prefix(cut)).write(to: URL(filePath: journal))
      try resumeAndCompare("cut at \(cut)")
    }
    for place in stride(from: 8, to: kept.count, by: 29) {
      var damaged = kept
      damaged[place] ^= 0x10
      try damaged.write(to: URL(filePath: journal))
      try resumeAndCompare("flipped at \(place)")
    }
    try Data((kept + Data(repeating: 7, count: 100))).write(to: URL(filePath: journal))
    try resumeAndCompare("bytes behind the end")
  }

  private func resumeAndCompare(_ context: String) throws {
    try? FileManager.default.removeItem(atPath: bench.folder.path("run.h5"))
    try? FileManager.default.removeItem(atPath: bench.folder.path("run.json"))
    do {
      let run = try bench.run(plan) { $0.resumes = true }
      #expect(difference(content(run.table), content(whole)) == nil, "\(context)")
    } catch {
      // The header, of which nothing can be spared.
      guard case StorageError.damaged = error else { throw error }
      #expect(context.hasPrefix("flipped"), "\(context)")
    }
  }

  @Test func anotherSpecOrOtherDataIsRefused() throws {
    try begin(tiles: 2)
    let other = try bench.plan(
      SampleSpec.stops.text + ", metrics: ['sharpe', 'trades', 'win_rate', 'calmar']")
    #expect(throws: StorageError.fileExists(path: bench.folder.path("run.h5"))) {
      try bench.run(other) { $0.resumes = true }
    }
    try FileManager.default.removeItem(atPath: bench.folder.path("run.h5"))
    try FileManager.default.removeItem(atPath: bench.folder.path("run.json"))
    #expect(throws: ResumeError.otherRun(journal: journal, difference: "spec")) {
      try bench.run(other) { $0.resumes = true }
    }
    try PriceStore.write(
      [SampleMarket.draft(bars: 80, seed: 4).unending], to: bench.store, force: true)
    let later = try RunPlan(spec: plan.spec, storePath: bench.store)
    #expect(throws: ResumeError.otherRun(journal: journal, difference: "data")) {
      try bench.run(later) { $0.resumes = true }
    }
    try bench.folder.write("not a journal", to: "run.h5.partial")
    #expect(throws: StorageError.self) { try bench.run(plan) { $0.resumes = true } }
    #expect(try bench.folder.read("run.h5.partial") == "not a journal")
  }

  @Test func nothingLeftToResume() throws {
    // No journal and no output: a run that was killed in its first second.
    #expect(try bench.run(plan) { $0.resumes = true }.isComplete)
    let path = bench.folder.path("run.h5")
    let count = plan.laneCount
    #expect(
      throws: ResumeError.nothingLeft(output: path, journal: journal, lanes: count, of: count)
    ) { try bench.run(plan) { $0.resumes = true } }
    try begin(tiles: 1) { $0.force = true }
    try FileManager.default.removeItem(atPath: journal)
    #expect(throws: ResumeError.nothingLeft(output: path, journal: journal, lanes: 2, of: count)) {
      try bench.run(plan) { $0.resumes = true }
    }
  }

  @Test func aJournalInUseIsLeftAlone() throws {
    try begin(tiles: 2)
    let held = try Journal.open(journal)
    for resumes in [true, false] {
      #expect(throws: StorageError.inUse(path: journal)) {
        try bench.run(plan) { options in
          options.resumes = resumes
          options.force = !resumes
        }
      }
    }
    #expect(held?.2.count == 2)
  }

  // MARK: - The best rows only

  @Test("the best rows are those of the full result", arguments: [1, 5, 18, 100])
  func topOnly(top: Int) throws {
    let plan = try bench.plan(
      SampleSpec.stops.text
        + ", metrics: ['sharpe', 'trades', 'win_rate', 'var_95'], rank: { by: 'win_rate', top: \(top) }"
    )
    let all = try bench.run(plan, to: "all.h5")
    for (tile, workers) in [(1, 1), (2, 2), (nil, 7)] as [(Int?, Int)] {
      let run = try bench.run(plan) { options in
        options.force = true
        options.keepsTopOnly = true
        options.tileLanes = tile
        options.workers = workers
      }
      try compare(run, all, top)
    }
    // In two parts, of which the first kept all rows.
    let asked = Counter()
    try bench.run(plan, isCancelled: { asked.next() >= 4 }) { options in
      options.force = true
      options.tileLanes = 3
    }
    let resumed = try bench.run(plan) { options in
      options.resumes = true
      options.keepsTopOnly = true
    }
    #expect(resumed.outcome.simulatedLaneCount == plan.laneCount - 12)
    try compare(resumed, all, top)
  }

  private func compare(_ run: Workbench.Finished, _ all: Workbench.Finished, _ top: Int) throws {
    let (table, full) = (run.table, all.table)
    let count = min(top, full.lanes.count)
    #expect(table.leaderboard == Array(full.leaderboard.prefix(count)))
    #expect(table.lanes == full.leaderboard.prefix(count).sorted())
    #expect(table.attributes.kept == "top" && full.attributes.kept == "all")
    #expect(table.attributes.lanesOK == full.attributes.lanesOK)
    for (row, lane) in table.lanes.enumerated() {
      let place = Int(lane)
      #expect(table.status[row] == full.status[place] && table.reason[row] == full.reason[place])
      #expect(table.symbol(at: row) == full.symbol(at: place))
      for (part, whole) in zip(table.metrics + table.parameters, full.metrics + full.parameters) {
        #expect(part.name == whole.name)
        #expect(part.values[row].bitPattern == whole.values[place].bitPattern)
      }
    }
    #expect(run.summary.leaderboard == all.summary.leaderboard)
    let job = try ReplayJob(path: bench.folder.path("run.h5"))
    let last = try #require(table.lanes.last)
    #expect(try job.replay(lane: Int(last)).differing == [])
    if count < full.lanes.count {
      let gone = try #require(full.leaderboard.last)
      #expect(throws: ReplayError.noLane(Int(gone), lanes: count)) {
        try job.replay(lane: Int(gone))
      }
    }
  }

  @Test func aJournalOfTheBestIsNoJournalOfAll() throws {
    let plan = try bench.plan(
      SampleSpec.stops.text + ", metrics: ['sharpe', 'trades'], rank: { by: 'sharpe', top: 1 }")
    let all = try bench.run(plan, to: "all.h5")
    let asked = Counter()
    try bench.run(plan, isCancelled: { asked.next() >= 4 }) { options in
      options.keepsTopOnly = true
      options.tileLanes = 3
    }
    let run = try bench.run(plan) { $0.resumes = true }
    #expect(run.outcome.simulatedLaneCount == plan.laneCount)
    #expect(difference(content(run.table), content(all.table)) == nil)
  }
}
