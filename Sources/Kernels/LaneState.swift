/// Eight doubles: the width of the engine.
public typealias Vector = SIMD8<Double>

/// Number of lanes that one vector holds.
public let laneWidth = 8

/// Vectors whose conditions share a word of 64 bits, one bit a lane.
public let bundleVectors = 8

/// Number of lanes in a bundle.
public let bundleWidth = laneWidth * bundleVectors

/// Bars that evaluators and kernel handle at a time.
///
/// Small enough that the columns of a few hundred lanes stay in the second-level cache.
public let laneBlockBars = 256

/// Everything that the lane kernel keeps about eight lanes between bars.
///
/// Money in account currency.
public struct LaneState: BitwiseCopyable, Sendable {
  // Ledger.
  /// Cash; for a short position it includes the proceeds.
  public var cash: Vector
  /// Units held; negative when short, 0 when flat.
  public var units = Vector.zero
  /// Equity after the last bar.
  public var equity: Vector

  // Triggers of the open position: a bar whose low reaches `lower` or whose high reaches `upper` needs care.
  /// Long: stop level.
  ///
  /// Short: just below the target, which a bar must trade through.
  public var lower = Vector(repeating: -.infinity)
  /// Long: just above the target.
  ///
  /// Short: the stop or the liquidation level, whichever is nearer.
  public var upper = Vector(repeating: .infinity)
  /// What a new high is multiplied by to raise a long stop; minus infinity when nothing trails.
  public var trailLong = Vector(repeating: -.infinity)
  /// What a new low is multiplied by to bring down a short stop; infinity when nothing trails.
  public var trailShort = Vector(repeating: .infinity)
  /// High at which a short position is liquidated; infinity otherwise.
  public var liquidation = Vector(repeating: .infinity)

  // Orders and the position's history.
  /// Order that waits for its fill: 0 none, 1 enter long, -1 enter short, 2 exit.
  public var pending = Vector.zero
  /// Equity before the entry of the open position.
  public var entryEquity = Vector.zero
  /// Bar of the entry.
  public var entryBar = Vector.zero

  // The bar that is being filled.
  /// Price of the next fill, before slippage.
  public var price = Vector.zero
  /// Product of the growths of the bar so far, in an invested account.
  public var growth = Vector(repeating: 1)
  /// What a unit was last valued at, or cost, in an invested account.
  public var basis = Vector(repeating: 1)

  // What the lane was given. Infinity stands for "none" in the three distances.
  /// Fraction of equity that an entry commits.
  public var fraction = Vector(repeating: 1)
  /// Distance of the stop from the entry, as a fraction of the entry price.
  public var stopLoss = Vector(repeating: .infinity)
  /// Distance of the target from the entry, as a fraction of the entry price.
  public var takeProfit = Vector(repeating: .infinity)
  /// Distance of the trailing stop from the best price since the entry, as a fraction of that price.
  public var trailingStop = Vector(repeating: .infinity)

  // Streaming sums.
  /// Σ r.
  public var sumReturns = Vector.zero
  /// Σ r².
  public var sumSquares = Vector.zero
  /// Σ min(r − minimum acceptable, 0)².
  public var sumDownside = Vector.zero
  /// Equity over its running maximum.
  public var depth = Vector(repeating: 1)
  /// Least `depth` so far.
  public var worstDepth = Vector(repeating: 1)
  /// Σ (1 − depth)².
  public var sumDepthSquares = Vector.zero
  /// Bars since equity was last at its maximum, up to rounding.
  public var underWater = Vector.zero
  /// Longest `underWater` so far.
  public var longestUnderWater = Vector.zero
  /// Σ equity.
  public var sumEquity = Vector.zero

  // Counters.
  /// Closed trades.
  public var trades = Vector.zero
  /// Trades with a profit.
  public var wins = Vector.zero
  /// Trades with a loss.
  public var losses = Vector.zero
  /// Sum of profits.
  public var grossProfit = Vector.zero
  /// Sum of losses, positive.
  public var grossLoss = Vector.zero
  /// Bars at whose end a closed trade was held.
  public var barsHeld = Vector.zero
  /// Σ price × quantity over fills.
  public var notional = Vector.zero
  /// Commissions.
  public var fees = Vector.zero
  /// Money lost to slippage.
  public var slippage = Vector.zero
  /// Bars whose stop and target were both reached in an unknown order.
  public var ambiguous = Vector.zero
  /// Bars at which a position was marked at an earlier close.
  public var stale = Vector.zero
  /// Bars with a long and a short entry at once.
  public var conflicts = Vector.zero
  /// Entries that the account could not pay for.
  public var rejected = Vector.zero
  /// Shorts closed because collateral ran out.
  public var liquidations = Vector.zero
  /// 1 for a lane that lost everything.
  public var ruined = Vector.zero
  /// Equity at the moment of ruin.
  public var ruinEquity = Vector.zero

  /// What an invested account keeps at least: nothing, but a number that further losses can be told from.
  public static let nothing = 1e-150

  /// Eight lanes with the same cash and no position.
  public init(cash: Double) {
    self.cash = Vector(repeating: cash)
    equity = self.cash
  }

  /// Raises what is left of invested accounts to `nothing`; called at the end of each block.
  ///
  /// Such an account never loses all, but thousands of losses would leave less than the smallest number, and then a
  /// position could not be told from none.
  public mutating func keepNothing() {
    let least = Vector(repeating: Self.nothing)
    let isFlat = units .== Vector.zero
    cash.replace(with: least, where: isFlat .& (cash .< least))
    units.replace(with: least, where: .!isFlat .& (units .< least))
  }
}

/// When an order of bar t is filled.
public enum FillMoment: Int, Sendable, BitwiseCopyable {
  /// At the open of the next bar that trades.
  case nextOpen
  /// At the close of the next bar that trades.
  case nextClose
  /// At the close of the bar that gave the signal; of the next bar that trades, if that one does not.
  case sameClose
}

/// What all lanes of a run share: fills, costs, and which sums are kept.
public struct LaneRules: Sendable, BitwiseCopyable {
  /// When orders fill.
  public var fill = FillMoment.nextOpen
  /// Commission as a fraction of notional.
  public var commissionRate = 0.0
  /// Commission per unit.
  public var commissionPerUnit = 0.0
  /// Commission per order, on top.
  public var commissionFixed = 0.0
  /// Least commission of an order.
  public var commissionMinimum = 0.0
  /// Fraction by which a fill is worse than its price; limit fills are exempt.
  public var slippageRate = 0.0
  /// Collateral that a short needs, as a multiple of its value at the bar's high; at least 1.
  public var maintenance = 1.3
  /// Long positions: whether a bar's favourable extreme is taken to come before its adverse one.
  public var favourableFirstLong = false
  /// Short positions: likewise.
  public var favourableFirstShort = false
  /// Whether a trailing stop is moved by a bar before it is held against it.
  public var trailsBeforeCheck = false
  /// Whether any lane has a stop, target or short entry, so that levels must be watched.
  ///
  /// The engine sees to it.
  public var watchesLevels = false
  /// Whether any lane has a trailing stop.
  ///
  /// The engine sees to it.
  public var trails = false
  /// Whether the sums beyond return, square and depth are kept, and the returns of each bar.
  public var keepsExtendedSums = false
  /// Return per bar below which `sumDownside` counts.
  ///
  /// The engine derives it from the run's annual rate.
  public var minimumAcceptable = 0.0

  /// Whether the sums over trades are kept: wins, losses, profits, bars held, notional, fees and slippage.
  ///
  /// The number of trades always is.
  public var keepsTradeSums = true

  /// Whether every lane is all in cash or all in a long position, and pays in proportion only.
  ///
  /// Then a bar's growth is that of the price, and no lane can lose everything. The engine sees to it.
  public var isInvested = false

  /// Free trading at the next open.
  public init() {}

  /// Whether costs are a fraction of notional below 1, and nothing else.
  public var paysInProportion: Bool {
    commissionPerUnit == 0 && commissionFixed == 0 && commissionMinimum == 0
      && (0..<1).contains(commissionRate) && (0..<1).contains(slippageRate)
  }
}

/// A fill of the first of eight lanes, as a replay records it.
public struct FillRecord: Sendable, Equatable, BitwiseCopyable {
  /// Why a position changed.
  public enum Cause: Int, Sendable, BitwiseCopyable {
    /// A signal to enter.
    case entry
    /// A signal to leave.
    case exit
    /// The stop, trailing or not.
    case stop
    /// The target.
    case target
    /// Too little collateral for a short.
    case liquidation
    /// An entry that could not be paid for; nothing was filled.
    case rejection
    /// The symbol ended.
    case delisting
    /// Cash in place of the fraction of a lot that a split left.
    case cashInLieu
    /// A dividend that bought more of its symbol.
    case reinvestment
    /// A portfolio that was moved towards its weights.
    case rebalance

    /// Name in files.
    public var name: String {
      switch self {
      case .entry: "entry"
      case .exit: "exit"
      case .stop: "stop"
      case .target: "target"
      case .liquidation: "liquidation"
      case .rejection: "rejection"
      case .delisting: "delisting"
      case .cashInLieu: "cash_in_lieu"
      case .reinvestment: "reinvestment"
      case .rebalance: "rebalance"
      }
    }
  }

  /// Bar of the fill.
  public var bar: Int
  /// Why.
  public var cause: Cause
  /// Price before slippage.
  public var price: Double
  /// Price paid or received.
  public var fillPrice: Double
  /// Units, signed: positive when bought.
  public var units: Double
  /// Commission paid.
  public var commission: Double
  /// Cash after the fill.
  public var cashAfter: Double
  /// Position of the symbol in the run; 0 where a lane has one symbol.
  public var symbol = 0

  /// A record of one fill.
  public init(
    bar: Int, cause: Cause, price: Double, fillPrice: Double, units: Double, commission: Double,
    cashAfter: Double, symbol: Int = 0
  ) {
    self.bar = bar
    self.cause = cause
    self.price = price
    self.fillPrice = fillPrice
    self.units = units
    self.commission = commission
    self.cashAfter = cashAfter
    self.symbol = symbol
  }
}

/// Collects the fills of a block during a replay: at most four a bar.
public struct FillLog {
  /// Room for the records of one block.
  public let records: UnsafeMutablePointer<FillRecord>
  /// Records written.
  public var count = 0

  /// A log over memory for `4 × bars` records.
  public init(records: UnsafeMutablePointer<FillRecord>) { self.records = records }

  /// Adds a record.
  @inlinable public mutating func append(_ record: FillRecord) {
    (records + count).initialize(to: record)
    count += 1
  }
}
