import Kernels
import Simulation

extension Spec {
  /// Target weights of a portfolio.
  public enum Weights: Sendable, Equatable {
    /// An expression, a number for each symbol at each bar; it stands in `strategy.weights`.
    case expression
    /// Portfolios in a file: a row for each, or for each of its symbols.
    case file(String)
    /// Estimated again at each rebalance.
    case allocated(AllocationText)

    /// The file, as the spec names it; nil for an expression.
    var file: String? { if case .file(let name) = self { name } else { nil } }
  }

  /// How weights are estimated, as written: numbers in it may be expressions of parameters.
  public struct AllocationText: Sendable, Equatable {
    package var json: JSON5
  }

  mutating func readWeights(_ reader: inout SpecReader) throws(SpecError) {
    guard let json = reader.optional("weights") else { return }
    switch json.value {
    case .string(let text):
      strategy.weights = text
      weights = .expression
    case .number(let value) where value.isFinite:
      strategy.weights = value.shortestText
      weights = .expression
    case .object:
      var inner = try SpecReader(json, path: reader.at("weights"))
      if inner.keys.contains("allocate") {
        var numbers = ParameterNumbers(axes)
        let first = axes.map { $0.values.first ?? .nan }
        _ = try AllocationSpec(weights: numbers.resolve(json, first), path: inner.path)
        strategy.weights = nil
        weights = .allocated(AllocationText(json: json))
        return
      }
      _ = inner.optional("allocate")
      guard let file = try inner.string("file", "the path of a file"), !file.isEmpty else {
        // A key that is misspelt says more than one that is missing.
        try inner.finish()
        throw .missing(
          path: inner.at("file"),
          expected: "the path of a file of portfolios, or allocate: \"min_variance\"")
      }
      try inner.finish()
      strategy.weights = nil
      weights = .file(file)
    default:
      throw reader.wrong(
        "weights", json,
        "an expression in quotes, such as \"1 / 10\", { file: \"weights.csv\" } or "
          + "{ allocate: \"min_variance\", lookback: 252 }"
      )
    }
  }

  mutating func readRebalance(_ reader: inout SpecReader) throws(SpecError) {
    guard var inner = try reader.object("rebalance") else { return }
    let fraction = "a fraction from 0, below 1"
    rebalance.every = try Self.readSchedule(&inner) ?? rebalance.every
    let moments = Rebalance.Moment.allCases.map(\.rawValue)
    if let name = try inner.choice("moment", "moment", of: moments) {
      rebalance.moment = Rebalance.Moment(rawValue: name) ?? .end
    }
    rebalance.startsAtOnce = try inner.bool("starts_at_once") ?? rebalance.startsAtOnce
    rebalance.drift = try inner.number("drift", fraction) { $0 >= 0 && $0 < 1 } ?? 0
    rebalance.gradualBars =
      try inner.integer("gradual", "a whole number of bars from 1 to 10000", in: 1...10_000) ?? 1
    rebalance.band = try inner.number("band", fraction) { $0 >= 0 && $0 < 1 } ?? 0
    rebalance.maxTurnover =
      try inner.number("max_turnover", "a fraction of equity above 0") { $0 > 0 } ?? .infinity
    let missing = Rebalance.Missing.allCases.map(\.rawValue)
    if let name = try inner.choice("missing", "use of missing weights", of: missing) {
      rebalance.missing = Rebalance.Missing(rawValue: name) ?? .hold
      if case .allocated? = weights, rebalance.missing == .close {
        throw .value(
          path: inner.at("missing"), line: inner.place.line, found: "close, with weights.allocate",
          expected: "hold: who takes no part gets 0, and a failed estimate leaves all as it is")
      }
    }
    try inner.finish()
    givesRebalance = true
  }

  /// Weights make a portfolio of all symbols; what belongs to lanes of one symbol has no meaning beside them.
  func checkWeights(_ reader: SpecReader) throws(SpecError) {
    if weights == nil {
      guard givesRebalance else { return }
      throw .value(
        path: reader.at("rebalance"), line: reader.place.line, found: "rebalance without weights",
        expected: "weights with it, or neither")
    }
    for key in reader.keys where Self.laneKeys.contains(key) {
      throw .value(
        path: reader.at(key), line: reader.place.line, found: "'\(key)' beside weights",
        expected: "weights and rebalance alone: a portfolio has no entries and exits")
    }
  }

  private static let laneKeys: Set<String> = [
    "long_entry", "long_exit", "short_entry", "short_exit", "stop_loss", "take_profit",
    "trailing_stop", "entry_limit", "entry_stop", "exit_limit", "max_bars", "pyramid",
    "reentry_delay", "reverse", "time_in_force", "size",
  ]
}
