/// Where and when something was measured.
public struct MachineFacts: Codable, Sendable, Equatable {
  /// Model of the processor.
  public var cpu: String
  /// Processors that the process may use.
  public var cores: Int
  /// Workers of engine and references.
  public var threads: Int
  /// Instruction set of the lane kernel.
  public var kernelVariant: String
  /// Core of the BLAS library.
  public var blasCore: String
  /// Version of the compiler.
  public var swiftVersion: String
  /// Start of the measurement, UTC.
  public var date: String
  /// Version of Apus.
  public var apusVersion: String

  /// All facts.
  public init(
    cpu: String, cores: Int, threads: Int, kernelVariant: String, blasCore: String,
    swiftVersion: String, date: String, apusVersion: String
  ) {
    self.cpu = cpu
    self.cores = cores
    self.threads = threads
    self.kernelVariant = kernelVariant
    self.blasCore = blasCore
    self.swiftVersion = swiftVersion
    self.date = date
    self.apusVersion = apusVersion
  }
}

/// What one contestant of a scenario did.
public struct ContestantResult: Codable, Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Seconds of one run, over the rounds.
  public var seconds: Spread
  /// Units of work in a second, at the median.
  public var ratePerSecond: Double
  /// Its time for a unit over that of the limit, by rounds; nil for the limit itself.
  public var limitRatio: Spread?
  /// Units in one run; nil for those of the scenario.
  public var work: Double?

  /// A result.
  public init(
    name: String, seconds: Spread, ratePerSecond: Double, limitRatio: Spread?, work: Double? = nil
  ) {
    self.name = name
    self.seconds = seconds
    self.ratePerSecond = ratePerSecond
    self.limitRatio = limitRatio
    self.work = work
  }
}

/// What a scenario gave.
public struct ScenarioResult: Codable, Sendable, Equatable {
  /// Its name.
  public var name: String
  /// What is counted.
  public var unit: WorkUnit
  /// Units in one run.
  public var work: Double
  /// What limits it.
  public var limit: String
  /// Rounds that count.
  public var rounds: Int
  /// Rounds that were disturbed and repeated.
  public var repeatedRounds: Int
  /// Whether every round that counts was undisturbed.
  public var isClean: Bool
  /// The contestants, and the limit last.
  public var contestants: [ContestantResult]
  /// Why nothing was measured; nil if all went well.
  public var failure: String?

  /// A result from samples, whose last row is the limit's.
  public init(scenario: Scenario, workload: Workload, samples: Sampler.Samples) {
    name = scenario.name
    unit = scenario.unit
    work = workload.work
    limit = scenario.limit
    rounds = samples.seconds[0].count
    repeatedRounds = samples.repeatedRounds
    isClean = samples.isClean
    let all = workload.contestants + [workload.limit]
    let limitWork = workload.limit.work ?? workload.work
    let limitCosts = samples.seconds[all.count - 1].map { $0 / limitWork }
    contestants = zip(all, samples.seconds).enumerated().map { index, pair in
      let (contestant, seconds) = pair
      let units = contestant.work ?? workload.work
      let spread = Spread(of: seconds)
      let ratios = zip(seconds, limitCosts).map { $0 / units / $1 }
      return ContestantResult(
        name: contestant.name, seconds: spread, ratePerSecond: units / spread.median,
        limitRatio: index == all.count - 1 ? nil : Spread(of: ratios), work: contestant.work)
    }
  }

  /// A scenario that could not be measured.
  public init(scenario: Scenario, failure: String) {
    name = scenario.name
    unit = scenario.unit
    work = 0
    limit = scenario.limit
    rounds = 0
    repeatedRounds = 0
    isClean = false
    contestants = []
    self.failure = failure
  }
}

/// Everything that one run of the suite measured.
public struct BenchmarkReport: Codable, Sendable, Equatable {
  /// Where and when.
  public var machine: MachineFacts
  /// Whether data were shrunk to almost nothing: then no number means anything.
  public var isTiny: Bool
  /// The scenarios, in the order of the catalogue.
  public var scenarios: [ScenarioResult]

  /// A report.
  public init(machine: MachineFacts, isTiny: Bool, scenarios: [ScenarioResult]) {
    self.machine = machine
    self.isTiny = isTiny
    self.scenarios = scenarios
  }
}

extension Scenario {
  /// Prepares, checks and times; what goes wrong is part of the result.
  public func measure(_ context: ScenarioContext, options: Sampler.Options) -> ScenarioResult {
    do {
      let workload = try prepare(context)
      let samples = try Sampler(options: options).sample(workload.contestants + [workload.limit])
      return ScenarioResult(scenario: self, workload: workload, samples: samples)
    } catch {
      return ScenarioResult(scenario: self, failure: "\(error)")
    }
  }
}
