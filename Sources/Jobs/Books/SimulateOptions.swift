import Books
import Interchange
import Market

/// How portfolios of a book are taken forward.
public struct SimulateOptions: Sendable {
  /// What is done with them on the way.
  public enum Policy: Sendable {
    /// Units stay.
    case hold
    /// Back to the weights of today.
    case rebalance
    /// To the target weights that advice gives today, and back to them.
    case advise
    /// To the weights of a file, and back to them.
    case weights(WeightFile)
    /// All money under the strategy of a spec, at its costs.
    case strategy(Spec)

    /// Its name.
    public var name: String {
      switch self {
      case .hold: "hold"
      case .rebalance: "rebalance"
      case .advise: "advise"
      case .weights: "weights"
      case .strategy: "spec"
      }
    }
  }

  /// What portfolios go through.
  public enum Market: Sendable, Equatable {
    /// What came after `--at`: it looks ahead, and says so.
    case history
    /// A stretch of the panel, from the first instant to before the second.
    case window(Range<Int64>)
    /// The worst stretches before `--at` of what all portfolios hold today.
    case worst(Int)
    /// Past bars in random order, in blocks.
    case bootstrap
    /// Normal returns: of logarithms, so that prices are geometric Brownian motions.
    case gaussian
    /// Student's t.
    case student

    /// Names in commands.
    public static let names = [
      "history", "window:FROM:TO", "worst:N", "bootstrap", "gaussian", "gbm", "student_t",
    ]

    /// Its name.
    public var name: String {
      switch self {
      case .history: "history"
      case .window: "window"
      case .worst(let count): "worst:\(count)"
      case .bootstrap: "bootstrap"
      case .gaussian: "gaussian"
      case .student: "student_t"
      }
    }
    /// Whether paths are drawn.
    public var isRandom: Bool { [.bootstrap, .gaussian, .student].contains(self) }

    /// Reads a name with its parts; nil if it is none.
    public static func parse(_ text: String) -> Market? {
      switch text {
      case "history": return .history
      case "bootstrap": return .bootstrap
      case "gaussian", "gbm": return .gaussian
      case "student_t": return .student
      default: break
      }
      if text.hasPrefix("worst:") {
        return Int(text.dropFirst(6)).flatMap { (1...10_000).contains($0) ? .worst($0) : nil }
      }
      guard text.hasPrefix("window:") else { return nil }
      let rest = text.dropFirst(7)
      // Instants have colons too: the one between two times is meant.
      for colon in rest.indices where rest[colon] == ":" {
        if let from = try? Timestamp.nanoseconds(parsing: String(rest[..<colon])),
          let end = AsOf.parse(String(rest[rest.index(after: colon)...])), from < end
        {
          return .window(from..<end)
        }
      }
      return nil
    }
  }

  /// What returns to expect.
  public enum Drift: Sendable, Equatable {
    /// Those of the bars looked at.
    case historical
    /// None.
    case zero
    /// So much a year.
    case annual(Double)
  }

  /// What a sum is over.
  public enum Level: Sendable, Equatable {
    /// All portfolios.
    case firm
    /// By advisor.
    case advisor
    /// By client.
    case client
    /// By the texts of a label, by its place.
    case label(Int)
  }

  /// A stretch of time between two moves or payments.
  public struct Period: Sendable, Equatable {
    /// What it was written as.
    public var name: String
    /// Parts of a year; nil for a number of bars.
    public var perYear: Double?
    /// Number of bars where it is one.
    public var bars = 0

    /// Names of periods.
    public static let names = ["bar", "week", "month", "quarter", "year"]

    /// Reads a name or a number of bars; nil if it is neither.
    public static func parse(_ text: String) -> Period? {
      switch text {
      case "bar": Period(name: text, bars: 1)
      case "week": Period(name: text, perYear: 365.25 / 7)
      case "month": Period(name: text, perYear: 12)
      case "quarter": Period(name: text, perYear: 4)
      case "year": Period(name: text, perYear: 1)
      default:
        Int(text).flatMap {
          (1...1_000_000).contains($0) ? Period(name: "\($0) bars", bars: $0) : nil
        }
      }
    }

    /// Bars of it, where a year has so many: at least 1.
    public func bars(perYear year: Double) -> Int {
      perYear.map { max(1, Int((year / $0).rounded())) } ?? bars
    }
  }

  /// What is done on the way.
  public var policy = Policy.hold
  /// From one move to the weights to the next.
  public var every = Period(name: "month", perYear: 12)
  /// What a trade costs, in parts of its money.
  public var costRate = 0.0
  /// What portfolios go through.
  public var market = Market.bootstrap
  /// Bars; nil for 252, or all that there are of history and window.
  public var horizon: Int?
  /// Number of random paths.
  public var paths = 1000
  /// Mean length of blocks; nil for the automatic one.
  public var block: Double?
  /// Degrees of freedom; nil for fitted ones.
  public var freedom: Double?
  /// What returns to expect.
  public var drift = Drift.historical
  /// Key of all random numbers.
  public var seed: UInt64 = 1
  /// What sums are over.
  public var level = Level.firm
  /// Money paid in a period, in each portfolio's currency.
  public var contribution = 0.0
  /// The period.
  public var per = Period(name: "month", perYear: 12)
  /// Part of the first value that a portfolio shall not fall to; NaN for none.
  public var floor = Double.nan
  /// Whether dividends of the store are put back into their symbols; else prices alone move.
  public var reinvestsDividends = false
  /// A path to show bar by bar.
  public var path: Int?
  /// Whether the ends of all paths are kept, and not only what they amount to.
  public var keepsSamples = false

  /// Held over a year of bootstrapped bars, a thousand times.
  public init() {}
}
