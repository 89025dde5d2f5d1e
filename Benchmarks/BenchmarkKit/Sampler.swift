/// Times contestants in rounds: each round runs all of them, so that what slows the machine slows all.
public struct Sampler {
  /// Rounds, how long each is, and what counts as disturbed.
  public struct Options: Sendable {
    /// Rounds that are kept.
    public var rounds = 5
    /// Least time that a contestant runs in a round; short work is repeated.
    public var minimumSeconds = 0.05
    /// Share of a round that threads may wait for a processor before the round is repeated.
    public var disturbanceLimit = 0.03
    /// Time for a scenario's rounds after which no disturbed round is repeated.
    public var budgetSeconds = 10.0

    /// The usual options.
    public init() {}

    /// One short round, for trying out.
    public static var tiny: Options {
      var options = Options()
      options.rounds = 1
      options.minimumSeconds = 0
      options.budgetSeconds = 0
      return options
    }
  }

  /// What the rounds gave.
  public struct Samples: Equatable, Sendable {
    /// Seconds of one run: by contestant, then by round.
    public var seconds: [[Double]]
    /// Rounds that were thrown away as disturbed.
    public var repeatedRounds: Int
    /// Whether every kept round is undisturbed.
    public var isClean: Bool

    /// Samples that are known already.
    package init(seconds: [[Double]], repeatedRounds: Int, isClean: Bool) {
      self.seconds = seconds
      self.repeatedRounds = repeatedRounds
      self.isClean = isClean
    }
  }

  /// How to sample.
  public let options: Options
  private let clock: () -> UInt64
  private let waiting: () -> SchedulerWait?

  /// A sampler, by the system's clock and scheduler unless others are given.
  public init(
    options: Options, clock: @escaping () -> UInt64 = monotonicNanoseconds,
    waiting: @escaping () -> SchedulerWait? = SchedulerWait.now
  ) {
    precondition(options.rounds > 0, "at least one round")
    self.options = options
    self.clock = clock
    self.waiting = waiting
  }

  private struct Round {
    var seconds: [Double]
    /// Waiting as a share of the round; nil if unknown.
    var disturbance: Double?
  }

  /// Warms up, then takes rounds.
  ///
  /// Disturbed rounds are repeated within the budget; if too few are clean then, the least disturbed fill the gap.
  public func sample(_ contestants: [Contestant]) throws -> Samples {
    let repetitions = try contestants.map { try warmUp($0) }
    let begin = clock()
    var clean: [Round] = []
    var disturbed: [Round] = []
    while clean.count < options.rounds {
      if Interruption.isRequested { throw BenchmarkError.interrupted }
      let round = try take(contestants, repetitions, turn: clean.count + disturbed.count)
      if let share = round.disturbance, share <= options.disturbanceLimit {
        clean.append(round)
      } else {
        disturbed.append(round)
      }
      let isOver = Double(clock() - begin) * 1e-9 >= options.budgetSeconds
      // Where the kernel doesn't tell, repeating would not help.
      let isPointless = isOver || round.disturbance == nil
      if isPointless, clean.count + disturbed.count >= options.rounds { break }
    }
    let missing = options.rounds - clean.count
    let fill = disturbed.sorted { ($0.disturbance ?? 0) < ($1.disturbance ?? 0) }.prefix(missing)
    let kept = clean + fill
    return Samples(
      seconds: contestants.indices.map { index in kept.map { $0.seconds[index] } },
      repeatedRounds: disturbed.count - fill.count, isClean: fill.isEmpty)
  }

  /// Runs twice, since the first run meets cold caches and maps memory; returns how often a round repeats the work.
  private func warmUp(_ contestant: Contestant) throws -> Int {
    _ = try contestant.run()
    let begin = clock()
    _ = try contestant.run()
    let seconds = max(Double(clock() - begin) * 1e-9, 1e-9)
    return max(1, Int((options.minimumSeconds / seconds).rounded(.up)))
  }

  /// One round; the order of contestants turns from round to round, so that none always follows the same one.
  private func take(_ contestants: [Contestant], _ repetitions: [Int], turn: Int) throws -> Round {
    var round = Round(seconds: Array(repeating: 0, count: contestants.count), disturbance: nil)
    let before = waiting()
    let start = clock()
    for position in contestants.indices {
      let index = (position + turn) % contestants.count
      let begin = clock()
      var told: Double?
      for _ in 0..<repetitions[index] {
        if let seconds = try contestants[index].run() { told = (told ?? 0) + seconds }
      }
      let elapsed = Double(clock() - begin) * 1e-9
      round.seconds[index] = max(told ?? elapsed, 1e-9) / Double(repetitions[index])
    }
    let wall = max(clock() - start, 1)
    if let before, let after = waiting() {
      round.disturbance = Double(after.since(before)) / Double(wall)
    }
    return round
  }
}
