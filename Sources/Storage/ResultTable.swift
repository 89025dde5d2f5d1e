/// The outcome of a run: one row a lane, in plan order, and where it came from.
public struct ResultTable: Sendable, Equatable {
  /// One number for each lane: a parameter or a metric.
  public struct Column: Sendable, Equatable {
    /// Name of the variable in the file.
    public var name: String
    /// `[L]`, NaN where undefined.
    public var values: [Double]
    /// What is said of it; for a metric: unit, direction, definition.
    ///
    /// Read back in alphabetical order.
    public var attributes: [Attribute]

    /// A column.
    public init(name: String, values: [Double], attributes: [Attribute] = []) {
      self.name = name
      self.values = values
      self.attributes = attributes
    }
  }

  /// A named text.
  public struct Attribute: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its text.
    public var value: String
    /// Whether tables for people leave it out.
    public var isInFile = false

    /// A named text.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }

    /// The same, left to the file.
    public var inFile: Self {
      var attribute = self
      attribute.isInFile = true
      return attribute
    }
  }

  /// A column of few texts that tell lanes apart, such as wallets or bounds.
  public struct Label: Sendable, Equatable {
    /// Name of the variable in the file.
    public var name: String
    /// The texts.
    public var texts: [String]
    /// Position in `texts` by lane: `[L]`; −1 for none.
    public var index: [Int32]

    /// A column of texts.
    public init(name: String, texts: [String], index: [Int32]) {
      self.name = name
      self.texts = texts
      self.index = index
    }

    /// Text of the lane at a position.
    public func text(at row: Int) -> String { index[row] < 0 ? "" : texts[Int(index[row])] }
  }

  /// How a lane ended.
  public enum LaneStatus: String, Sendable, CaseIterable {
    /// It ran to its last bar.
    case ok
    /// It stopped with an error; its metrics are NaN.
    case failed
    /// It lost all its equity.
    case ruined
  }

  /// Where the result came from.
  public var attributes: ResultAttributes
  /// Lane ids: `[L]`, strictly increasing.
  public var lanes: [Int64]
  /// The symbols that lanes refer to.
  public var symbols: [String]
  /// Position in `symbols` by lane: `[L]`; −1 for a lane over a whole portfolio.
  public var symbolIndex: [Int32]
  /// Texts that tell lanes apart beside the symbol, each `[L]`.
  public var labels: [Label]
  /// The parameters, each `[L]`.
  public var parameters: [Column]
  /// How each lane ended: `[L]`.
  public var status: [LaneStatus]
  /// Why it failed or was ruined: `[L]`, empty for most.
  public var reason: [String]
  /// The metrics, each `[L]`.
  public var metrics: [Column]
  /// All lane ids in rank order: `[L]`, each once.
  public var leaderboard: [Int64]
  /// Name of the metric that ranks.
  public var leaderboardBy: String
  /// `higher`, `lower` or `neutral`.
  public var leaderboardDirection: String
  /// Traces to write with the table.
  ///
  /// Reading leaves it empty: see `ResultStore.readTrace`.
  public var traces: [LaneTrace]
  /// What is not one number a lane, to write with the table.
  ///
  /// Reading leaves it empty.
  public var groups: [ResultGroup] = []

  /// A table.
  public init(
    attributes: ResultAttributes, lanes: [Int64], symbols: [String], symbolIndex: [Int32],
    labels: [Label] = [], parameters: [Column], status: [LaneStatus], reason: [String],
    metrics: [Column],
    leaderboard: [Int64], leaderboardBy: String, leaderboardDirection: String,
    traces: [LaneTrace] = []
  ) {
    self.attributes = attributes
    self.lanes = lanes
    self.symbols = symbols
    self.symbolIndex = symbolIndex
    self.labels = labels
    self.parameters = parameters
    self.status = status
    self.reason = reason
    self.metrics = metrics
    self.leaderboard = leaderboard
    self.leaderboardBy = leaderboardBy
    self.leaderboardDirection = leaderboardDirection
    self.traces = traces
  }

  /// Symbol of the lane at a position; empty for a whole portfolio.
  public func symbol(at index: Int) -> String {
    symbolIndex[index] < 0 ? "" : symbols[Int(symbolIndex[index])]
  }
}

/// Provenance of a run: the attributes at the root of a result file, in snake case there.
public struct ResultAttributes: Sendable, Equatable {
  /// The spec as JSON text.
  public var spec = ""
  /// SHA-256 of that text.
  public var specSHA256 = ""
  /// Content hash of the panel.
  public var dataSHA256 = ""
  /// Version of the engine.
  public var engineVersion = ""
  /// Model of the processor.
  public var cpu = ""
  /// Name of the BLAS kernel set; empty if none took part.
  public var blasCore = ""
  /// Start of the run, `YYYY-MM-DDTHH:MM:SSZ`.
  public var startedUTC = ""
  /// Time that the run took.
  public var seconds = 0.0
  /// Number of lanes that did not fail.
  public var lanesOK: Int64 = 0
  /// Number of lanes that failed.
  public var lanesFailed: Int64 = 0
  /// Convention of the metrics: `apus`, or the library whose definitions they follow.
  public var convention = ""
  /// What statistics of returns are of: `bars`, or `days` of bars that are shorter.
  public var statistics = "bars"
  /// Symbol that relative metrics are against; empty for none.
  public var benchmark = ""
  /// Path of the price store, as the spec gives it.
  public var store = ""
  /// Name of the panel.
  public var panel = ""
  /// Fill mode.
  public var fill = ""
  /// What prices were adjusted by; empty in results of before there was a choice.
  public var adjust = ""
  /// Bars in a year.
  public var barsPerYear = 0.0
  /// Number of traded bars.
  public var bars: Int64 = 0
  /// First traded bar, as text.
  public var from = ""
  /// Last traded bar, as text.
  public var to = ""
  /// Which engine ran the lanes, and why; empty in results of before there was a choice.
  public var route = ""
  /// Folder of the spec, which paths in it are relative to; empty where it was not kept.
  public var folder = ""
  /// Which rows the file has: `all`, or the `top` of the leaderboard.
  public var kept = "all"
  /// The warnings as JSON text: a list.
  public var warnings = "[]"

  /// No provenance yet.
  public init() {}
}

/// The full record of one lane.
public struct LaneTrace: Sendable, Equatable {
  /// A column of a table of events.
  public struct Column: Sendable, Equatable {
    /// The values of a column.
    public enum Values: Sendable, Equatable {
      /// Prices, quantities, money.
      case doubles([Double])
      /// Times in nanoseconds, counts, ids.
      case integers([Int64])
      /// Sides, kinds, reasons, symbols.
      case texts([String])

      /// Number of rows.
      public var count: Int {
        switch self {
        case .doubles(let values): values.count
        case .integers(let values): values.count
        case .texts(let values): values.count
        }
      }
    }

    /// Its name.
    ///
    /// A column called `time`, or ending in `_time`, holds instants in nanoseconds.
    public var name: String
    /// Its values.
    public var values: Values

    /// A column.
    public init(name: String, values: Values) {
      self.name = name
      self.values = values
    }
  }

  /// Which lane.
  public var lane: Int64
  /// Start of each traded bar: `[T]`.
  public var timeNs: [Int64]
  /// Value of the lane after each bar: `[T]`.
  public var equity: [Double]
  /// Cash after each bar: `[T]`.
  public var cash: [Double]
  /// Held value over equity after each bar, negative if short: `[T]`.
  public var exposure: [Double]
  /// Orders, one column each, of equal length.
  public var orders: [Column]
  /// Fills, likewise.
  public var fills: [Column]
  /// Trades, likewise.
  public var trades: [Column]

  /// A trace.
  public init(
    lane: Int64, timeNs: [Int64], equity: [Double], cash: [Double], exposure: [Double],
    orders: [Column], fills: [Column], trades: [Column]
  ) {
    self.lane = lane
    self.timeNs = timeNs
    self.equity = equity
    self.cash = cash
    self.exposure = exposure
    self.orders = orders
    self.fills = fills
    self.trades = trades
  }
}
