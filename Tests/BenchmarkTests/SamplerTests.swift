import BenchmarkKit
import Testing

/// Rounds, repetitions and disturbance, on a clock that the tests drive.
@Suite struct SamplerTests {
  /// A clock that only contestants move, and a machine that disturbs the rounds it is told to.
  final class Machine {
    var now: UInt64 = 1_000
    var waited: UInt64 = 0
    var calls: [String] = []
    /// Waiting that each round of two contestants adds, as a share of its length; 0 after the last.
    var disturbances: [Double] = []
    var isSilent = false
    private var asked = 0
    private var roundStart: UInt64 = 0

    func contestant(_ name: String, milliseconds: UInt64) -> Contestant {
      Contestant(name) {
        self.calls.append(name)
        self.now += milliseconds * 1_000_000
      }
    }

    func waiting() -> SchedulerWait? {
      if isSilent { return nil }
      defer { asked += 1 }
      if asked % 2 == 0 {
        roundStart = now
      } else {
        let share = asked / 2 < disturbances.count ? disturbances[asked / 2] : 0
        waited += UInt64(Double(now - roundStart) * share)
      }
      return SchedulerWait(threads: [1: waited], children: 0)
    }

    func sampler(rounds: Int, minimum: Double = 0, budget: Double = 100) -> Sampler {
      var options = Sampler.Options()
      options.rounds = rounds
      options.minimumSeconds = minimum
      options.budgetSeconds = budget
      return Sampler(options: options, clock: { self.now }, waiting: { self.waiting() })
    }
  }

  @Test func roundsHoldSecondsOfEachContestant() throws {
    let machine = Machine()
    let samples = try machine.sampler(rounds: 5).sample([
      machine.contestant("a", milliseconds: 2), machine.contestant("b", milliseconds: 6),
    ])
    #expect(samples.seconds.count == 2)
    #expect(samples.seconds[0].allSatisfy { abs($0 - 0.002) < 1e-12 })
    #expect(samples.seconds[1].allSatisfy { abs($0 - 0.006) < 1e-12 })
    #expect(samples.seconds[0].count == 5)
    #expect(samples.isClean && samples.repeatedRounds == 0)
  }

  @Test func oneThatTimesItselfIsBelieved() throws {
    let machine = Machine()
    let samples = try machine.sampler(rounds: 3, minimum: 0.02).sample([
      machine.contestant("a", milliseconds: 2),
      .timingItself("b") {
        machine.now += 5_000_000
        return 0.004
      },
    ])
    #expect(samples.seconds[1].allSatisfy { abs($0 - 0.004) < 1e-12 })
  }

  @Test func eachIsWarmedAndThenTheyTakeTurns() throws {
    let machine = Machine()
    _ = try machine.sampler(rounds: 2).sample([
      machine.contestant("a", milliseconds: 1), machine.contestant("b", milliseconds: 1),
    ])
    #expect(machine.calls == ["a", "a", "b", "b", "a", "b", "b", "a"])
  }

  @Test func shortWorkIsRepeatedWithinARound() throws {
    let machine = Machine()
    let samples = try machine.sampler(rounds: 1, minimum: 0.010).sample([
      machine.contestant("short", milliseconds: 3), machine.contestant("long", milliseconds: 20),
    ])
    // Two to warm up, four of 3 ms to fill 10 ms.
    #expect(machine.calls.count { $0 == "short" } == 2 + 4)
    #expect(machine.calls.count { $0 == "long" } == 2 + 1)
    #expect(abs(samples.seconds[0][0] - 0.003) < 1e-12)
  }

  @Test func disturbedRoundsAreRepeated() throws {
    let machine = Machine()
    machine.disturbances = [0.5, 0.029, 0.031, 0, 0]
    let samples = try machine.sampler(rounds: 3).sample([
      machine.contestant("a", milliseconds: 10), machine.contestant("b", milliseconds: 10),
    ])
    #expect(samples.repeatedRounds == 2)
    #expect(samples.isClean)
    #expect(samples.seconds[0].count == 3)
  }

  @Test func whatCannotBeCleanIsMarked() throws {
    let machine = Machine()
    machine.disturbances = Array(repeating: 0.5, count: 1000)
    // Rounds take 20 ms, so that five fit into the budget.
    let samples = try machine.sampler(rounds: 3, budget: 0.1).sample([
      machine.contestant("a", milliseconds: 10), machine.contestant("b", milliseconds: 10),
    ])
    #expect(!samples.isClean)
    #expect(samples.seconds[0].count == 3)
    #expect(samples.repeatedRounds == 2)
  }

  @Test func leastDisturbedRoundsFillTheGap() throws {
    let machine = Machine()
    machine.disturbances = [0.9, 0, 0.1, 0.9, 0.9]
    var length: UInt64 = 0
    let growing = Contestant("growing") {
      length += 1_000_000
      machine.now += length
    }
    // After two warm-up runs the rounds take 3, 4, 5, 6, 7 ms; the clean one is 4 and the least disturbed 5.
    let samples = try machine.sampler(rounds: 2, budget: 0.025).sample([growing])
    #expect(samples.seconds == [[0.004, 0.005]])
    #expect(!samples.isClean && samples.repeatedRounds == 3)
  }

  @Test func withoutSchedulerNothingIsClean() throws {
    let machine = Machine()
    machine.isSilent = true
    let samples = try machine.sampler(rounds: 4).sample([
      machine.contestant("a", milliseconds: 1)
    ])
    #expect(!samples.isClean && samples.repeatedRounds == 0)
    #expect(samples.seconds[0].count == 4)
  }

  @Test func errorsOfContestantsPassThrough() {
    let broken = Contestant("broken") {
      throw BenchmarkError.unavailable(what: "it", next: "get it")
    }
    #expect(throws: BenchmarkError.unavailable(what: "it", next: "get it")) {
      try Machine().sampler(rounds: 1).sample([broken])
    }
  }

  @Test func waitingIsSummedOverThreads() {
    let before = SchedulerWait(threads: [1: 100, 2: 50, 3: 7], children: 5)
    // Thread 3 ended, thread 4 is new.
    let after = SchedulerWait(threads: [1: 130, 2: 50, 4: 9], children: 6)
    #expect(after.since(before) == 30 + 9 + 1)
  }

  @Test(
    arguments: [
      ("17 4200 3\n", 4200), ("1 2", 2), ("12", nil), ("", nil), ("a b c", nil),
    ] as [(String, UInt64?)])
  func schedstatIsRead(text: String, wait: UInt64?) {
    #expect(SchedulerWait.parse(text) == wait)
  }

  @Test func thisProcessHasThreads() throws {
    let state = try #require(SchedulerWait.now())
    #expect(!state.threads.isEmpty)
  }

  @Test func programsEndWell() throws {
    try ChildProcess.run("/bin/sh", ["-c", "exit 0"])
    #expect(throws: BenchmarkError.childFailed(program: "/bin/sh", status: 3)) {
      try ChildProcess.run("/bin/sh", ["-c", "exit 3"])
    }
    #expect(throws: BenchmarkError.childFailed(program: "/bin/sh", status: 137)) {
      try ChildProcess.run("/bin/sh", ["-c", "kill -9 $$"])
    }
    #expect(throws: BenchmarkError.system(call: "posix_spawn", path: "/no/such", code: 2)) {
      try ChildProcess.run("/no/such")
    }
  }
}
