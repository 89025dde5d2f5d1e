import Kernels
import TestSupport

@testable import Risk

/// Closes and answers of other libraries; `Golden/make_value_at_risk.py` wrote them.
enum VaRSamples {
  private static let here = #filePath.replacing("/ValueAtRisk/VaRSamples.swift", with: "/x.swift")

  /// Simple returns of a symbol.
  static func returns(_ symbol: String) throws -> [Double] {
    for line in try Golden.lines("value_at_risk_closes.txt", file: here) {
      let words = line.split(separator: " ")
      guard words[0] == symbol else { continue }
      let closes = words.dropFirst().compactMap { Double($0) }
      return zip(closes.dropFirst(), closes).map { $0 / $1 - 1 }
    }
    return []
  }

  /// Answers of one kind: the words of each line after it.
  static func answers(_ kind: String) throws -> [[String]] {
    try Golden.lines("value_at_risk.txt", file: here).map {
      $0.split(separator: " ").map(String.init)
    }
    .filter { $0[0] == kind }.map { Array($0.dropFirst()) }
  }

  static func question(_ levels: Double..., horizon: Int = 1) throws -> TailQuestion {
    try TailQuestion(
      levels: levels.map { level throws(RiskError) in try ConfidenceLevel(level) }, horizon: horizon
    )
  }

  /// Returns whose volatility comes in clusters.
  static func clustered(_ count: Int, seed: UInt64) -> [Double] {
    let stream = PhiloxStream(seed: seed, stream: 99)
    var variance = 1e-4
    return (0..<count).map { bar in
      let value = 0.0003 + variance.squareRoot() * stream.normals(step: UInt32(bar))[0]
      variance = 4e-6 + 0.1 * value * value + 0.86 * variance
      return value
    }
  }

  /// Independent Gaussian returns.
  static func gaussian(_ count: Int, seed: UInt64) -> [Double] {
    let stream = PhiloxStream(seed: seed, stream: 98)
    return (0..<count).map { 0.0005 + 0.01 * stream.normals(step: UInt32($0))[0] }
  }
}

/// |a - b| over the larger of |b| and a floor.
func gap(_ a: Double, _ b: Double, floor: Double = 1e-12) -> Double {
  abs(a - b) / max(abs(b), floor)
}
