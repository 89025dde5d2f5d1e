import Interchange
import Storage

/// The summary beside a result: provenance, top rows, warnings, timings.
///
/// Its JSON Schema is `notebooks-export/schema/run.schema.json`.
public struct RunSummary: Encodable, Sendable, Equatable {
  /// Where the result comes from.
  public struct Provenance: Codable, Sendable, Equatable {
    var engineVersion: String
    var specSha256: String
    var dataSha256: String
    var cpu: String
    var blasCore: String
    var startedUtc: String
    var seconds: Double
    var threads: Int
  }

  /// What was run.
  public struct Run: Codable, Sendable, Equatable {
    var panel: String
    var calendar: String
    var barsPerYear: Double
    var bars: Int
    var from: String
    var to: String
    var symbols: Int
    var lanesOk: Int
    var lanesFailed: Int
    var fill: String
    var intrabar: String
    var route: String
    var adjust: String
    var convention: String
    var statistics = "bars"
    var benchmark: String?
  }

  /// One row of the leaderboard.
  public struct Row: Codable, Sendable, Equatable {
    /// Position, 1 for the best.
    public var rank: Int
    /// Id of the lane.
    public var lane: Int
    /// Its symbol.
    public var symbol: String
    /// Name of its wallet; nil where there is one account.
    public var wallet: String?
    /// `worst` or `best`; nil where lanes run once.
    public var bound: String?
    /// `ok`, `ruined` or `failed`.
    public var status: String
    /// Parameter values by name.
    public var parameters: [String: Double]
    /// Metric values by name; nil where undefined.
    public var metrics: [String: Double?]
    /// Why a metric is undefined, by its name.
    public var reasons: [String: String]
    /// The ladder of costs by name, whether or not the spec asked for these metrics; nil where it was not worked out.
    public var costs: [String: Double?]?
  }

  /// The best rows.
  public struct Leaderboard: Codable, Sendable, Equatable {
    /// Metric that ranks.
    public var by: String
    /// `higher`, `lower` or `neutral`.
    public var direction: String
    /// Best first.
    public var rows: [Row]
  }

  /// Where the time went.
  public struct Timings: Codable, Sendable, Equatable {
    var loadSeconds: Double
    var simulateSeconds: Double
    var writeSeconds: Double
  }

  var apus = 1
  var kind: String
  var name: String
  var result: String
  var provenance: Provenance
  var run: Run
  /// The best rows.
  public var leaderboard: Leaderboard
  /// What the reader should know.
  public var warnings: [RunWarning]
  var timings: Timings
  /// What is not one number a lane, by name; nil where there is nothing.
  public var sections: [String: ResultGroup]?

  /// The summary as JSON, keys in snake case and sorted.
  public func json() throws -> String {
    try JSONDocument.text(self) + "\n"
  }
}

extension RunSummary.Provenance {
  enum CodingKeys: String, CodingKey {
    case engineVersion = "engine_version"
    case specSha256 = "spec_sha256"
    case dataSha256 = "data_sha256"
    case cpu
    case blasCore = "blas_core"
    case startedUtc = "started_utc"
    case seconds, threads
  }
}

extension RunSummary.Run {
  enum CodingKeys: String, CodingKey {
    case panel, calendar
    case barsPerYear = "bars_per_year"
    case bars, from, to, symbols
    case lanesOk = "lanes_ok"
    case lanesFailed = "lanes_failed"
    case fill, intrabar, route, adjust, convention, statistics, benchmark
  }
}

extension RunSummary.Timings {
  enum CodingKeys: String, CodingKey {
    case loadSeconds = "load_seconds"
    case simulateSeconds = "simulate_seconds"
    case writeSeconds = "write_seconds"
  }
}
