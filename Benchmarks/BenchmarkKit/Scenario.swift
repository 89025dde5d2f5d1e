/// Something that can be timed: a name and what to run.
public struct Contestant {
  /// Name in tables and files, for example `apus x86-64-v4`.
  public let name: String
  /// Units of work in one run; nil for those of the workload.
  public let work: Double?
  /// Does its work once; returns the seconds that count, or nil if the clock shall tell.
  let run: () throws -> Double?

  /// A contestant that the clock times.
  ///
  /// - Parameter work: units in one run, if it does more or less than the others.
  public init(_ name: String, work: Double? = nil, run: @escaping () throws -> Void) {
    self.name = name
    self.work = work
    self.run = {
      try run()
      return nil
    }
  }

  private init(_ name: String, seconds: @escaping () throws -> Double) {
    self.name = name
    self.work = nil
    self.run = seconds
  }

  /// A contestant that tells the seconds itself, such as those of the busiest worker.
  public static func timingItself(
    _ name: String, seconds: @escaping () throws -> Double
  ) -> Contestant {
    Contestant(name, seconds: seconds)
  }
}

/// What a scenario prepared: contestants that do the same work, and what limits them.
public struct Workload {
  /// Units of work in one run of any contestant that does not say otherwise.
  public let work: Double
  /// What is measured; the first is what users get.
  public let contestants: [Contestant]
  /// The stated limit, measured in the same rounds.
  public let limit: Contestant

  /// A workload of at least one contestant.
  public init(work: Double, contestants: [Contestant], limit: Contestant) {
    precondition(!contestants.isEmpty && work > 0, "a workload has work and someone who does it")
    self.work = work
    self.contestants = contestants
    self.limit = limit
  }
}

/// Where and how large a scenario runs.
public struct ScenarioContext: Sendable {
  /// Whether to shrink the data to almost nothing, to see that the scenario works.
  public var isTiny: Bool
  /// Workers, of the engine and of its reference alike.
  public var threads: Int
  /// An empty folder for the scenario's files.
  public var scratch: String
  /// Path of the executable `apus`; nil if it wasn't built.
  public var apus: String?

  /// A context.
  public init(isTiny: Bool, threads: Int, scratch: String, apus: String?) {
    self.isTiny = isTiny
    self.threads = threads
    self.scratch = scratch
    self.apus = apus
  }

  /// One of two sizes.
  public func size(_ full: Int, tiny: Int) -> Int { isTiny ? tiny : full }
  /// A path in the scratch folder.
  public func path(_ name: String) -> String { scratch + "/" + name }
}

/// A unit of work.
public enum WorkUnit: String, Codable, Sendable, CaseIterable {
  /// Bytes; rates are shown in GB/s.
  case bytes = "byte"
  /// Bars of one series.
  case bars = "bar"
  /// Bars of one lane.
  case laneBars = "lane-bar"
  /// Returns of one lane.
  case returns = "return"
  /// Rows of a result.
  case rows = "row"
  /// Openings of a store.
  case openings = "opening"
  /// Whole processes.
  case processes = "process"
}

/// One thing to measure: its data, its contestants and its limit.
public struct Scenario: Sendable {
  /// Name by `stage/topic`, unique; tables and comparisons refer to it.
  public let name: String
  /// What is counted.
  public let unit: WorkUnit
  /// What limits it, in a few words.
  public let limit: String
  /// Makes the data, checks that contestants agree, and returns what to time.
  public let prepare: @Sendable (ScenarioContext) throws -> Workload

  /// A scenario.
  public init(
    _ name: String, unit: WorkUnit, limit: String,
    prepare: @escaping @Sendable (ScenarioContext) throws -> Workload
  ) {
    self.name = name
    self.unit = unit
    self.limit = limit
    self.prepare = prepare
  }
}
