import Interchange

/// A board as JSON, for programs: best first, the disqualified last.
public struct ChallengeReport: Codable, Sendable, Equatable {
  /// A span of days.
  public struct Window: Codable, Sendable, Equatable {
    var from: String
    var to: String
    var bars: Int
  }

  /// The hold-out, and whether it is scored.
  public struct HoldOut: Codable, Sendable, Equatable {
    var from: String
    var to: String
    var revealed: String
    var isScored: Bool
  }

  /// How intervals were drawn.
  public struct Bootstrap: Codable, Sendable, Equatable {
    var samples: Int
    var block: Double
    var level: Double
    var seed: UInt64
  }

  /// What chance alone would show; one for each scored window.
  public struct Significance: Codable, Sendable, Equatable {
    var trials: Int
    var effectiveTrials: Double
    var participationRatio: Double
    var isMeasured: Bool
    var sharpeDeviation: Double
    var expectedBestSharpe: Double
    var winnerBeatsChance: Double?
  }

  /// Why a participant has no place.
  public struct Disqualification: Codable, Sendable, Equatable {
    var reason: String
    var time: String?
    var trade: Int?
    var detail: String
  }

  /// What a participant came to in a window.
  public struct Score: Codable, Sendable, Equatable {
    var rank: Int?
    var metrics: [String: Double?]
    var interval: [Double]?
    var rankInterval: [Double]?
    var firstShare: Double?
    var dsr: Double?
    var fills: Int
    var unfilled: Int
    var disqualified: Disqualification?
  }

  /// A participant.
  public struct Row: Codable, Sendable, Equatable {
    var participant: String
    var kind: String
    var score: Score
    var holdOut: Score?
  }

  var apus = 1
  var kind = "challenge"
  var challenge: String
  var rulesSha256: String
  var entriesSha256: String
  var rowsSha256: String
  var dataSha256: String
  var engineVersion: String
  var window: Window
  var holdOut: HoldOut?
  var metric: String
  var direction: String
  var ties: [String]
  var participants: Int
  var disqualified: Int
  var bootstrap: Bootstrap?
  var significance: [Significance]
  var rows: [Row]
  var warnings: [RunWarning]

  /// The board as JSON, keys in snake case and sorted.
  public func json() throws -> String {
    try JSONDocument.text(self, snakeCase: true) + "\n"
  }
}
