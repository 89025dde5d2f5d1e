import Kernels
import Market
import Metrics

/// What a lane was given beyond its signals.
///
/// Infinity stands for "none" in the three distances. The vector kernel reads the fraction and the distances only.
public struct LaneTerms: Sendable, Equatable {
  /// What the number of a size counts.
  public enum Sizing: String, Sendable, CaseIterable {
    /// A fraction of equity.
    case fraction = "fraction_of_equity"
    /// Units.
    case units
    /// Money in account currency: units times price.
    case notional
    /// The fraction of equity that is lost if the stop is hit: units are equity · risk / (price · `stopLoss`).
    case risk
  }

  /// Fraction of equity that an entry commits, in (0, 1]; 1 where `sizing` counts something else.
  public var fraction = 1.0
  /// What `size` counts.
  public var sizing = Sizing.fraction
  /// How much an entry buys or sells, above 0; NaN where `LaneLevels.size` tells it bar by bar.
  ///
  /// Equal to `fraction` where that is what it counts.
  public var size = 1.0
  /// Distance of the stop from the price paid or received at the entry, as a fraction of it.
  public var stopLoss = Double.infinity
  /// Distance of the target from the price paid or received at the entry, as a fraction of it.
  public var takeProfit = Double.infinity
  /// Distance of the trailing stop from the best price since the entry, as a fraction of that price; at first, from
  /// the price paid or received.
  public var trailingStop = Double.infinity
  /// Bars for which a position is held at most: its exit fills that many bars after its entry; infinity for no limit.
  public var maxBars = Double.infinity
  /// Most entries into one position, at least 1; infinity for no limit.
  public var pyramid = 1.0
  /// Bars after the exit of a position in which no entry signal counts.
  public var reentryDelay = 0.0
  /// Whether the opposite entry closes a position and opens the other side.
  public var reverses = false

  /// All equity, no stops.
  public init() {}
}

/// A strategy for one symbol with many parameter sets, as the lane engine sees it.
public protocol LaneStrategy: Sendable {
  /// Number of parameter sets.
  var setCount: Int { get }
  /// Whether any set can open a short position.
  var entersShort: Bool { get }
  /// Whether any set has a stop, a target or a trailing stop.
  var hasLevels: Bool { get }
  /// Whether any set has a trailing stop.
  var trails: Bool { get }
  /// Whether every set commits all its equity.
  var commitsAll: Bool { get }
  /// Whether `terms` is the same for every set.
  var sharesTerms: Bool { get }
  /// Whether any set asks for what the vector kernel can't do: order prices, sizes other than a fixed fraction, longest
  /// holding times, further entries, delays or reversals.
  var needsRuleBook: Bool { get }
  /// Whether any order waits for a price of its own: an entry limit or stop, or an exit limit.
  var pricesOrders: Bool { get }
  /// Names of the panel's fields that the signals read, in the order in which columns are passed.
  var fields: [String] { get }
  /// What a set was given beyond its signals.
  func terms(of set: Int) -> LaneTerms
  /// The same for neighbouring sets.
  func terms(of sets: Range<Int>) -> [LaneTerms]
  /// Where to cut the sets into parts of about the same work, from 0 to their number.
  func cuts(parts: Int) -> [Int]
  /// Prepares the signals of some sets; used for every symbol.
  func program(sets: Range<Int>) throws -> any LaneProgram
}

extension LaneStrategy {
  /// Parts of the same number of sets.
  public func cuts(parts: Int) -> [Int] { (0...parts).map { setCount * $0 / parts } }
  /// One set after the other.
  public func terms(of sets: Range<Int>) -> [LaneTerms] { sets.map { terms(of: $0) } }
  /// No.
  public var needsRuleBook: Bool { false }
  /// Wherever that is not told apart from other needs.
  public var pricesOrders: Bool { needsRuleBook }
}

/// The signals of some parameter sets, laid out in vectors of eight lanes, eight vectors a bundle.
public protocol LaneProgram: Sendable {
  /// The parameter set in each place, vector by vector; -1 for none.
  var sets: [Int] { get }
  /// The bars for which each place is warming.
  var warmups: [Int] { get }
  /// Something that computes the signals; one for each worker.
  func makeEvaluator(kernels: KernelTable) -> any LaneEvaluator
}

/// Computes signals for one symbol after another, block by block, for one worker.
public protocol LaneEvaluator: AnyObject {
  /// Turns to a symbol, by its position in the run.
  func begin(run: LaneRun, symbol: Int, firstPrice: Int)
  /// Computes what lanes share for the next bars, whose fields begin where the pointers say.
  ///
  /// Their memory is good until the next call.
  func advance(fields: [UnsafePointer<Double>], count: Int)
  /// Long entry, long exit, short entry, short exit of a bundle over the current block.
  ///
  /// The memory is good until the next call.
  func signals(of bundle: Int) -> SignalPointers
  /// The prices and sizes that a lane of the bundle whose signals were asked for last wants, over the current block.
  ///
  /// The memory is good until the next call of `signals` or `advance`.
  func levels(of bundle: Int, lane: Int) -> LaneLevels
}

extension LaneEvaluator {
  /// None.
  public func levels(of bundle: Int, lane: Int) -> LaneLevels { LaneLevels() }
}

/// Numbers of a lane that differ from bar to bar, as they are known at the close of a bar; nil for those it doesn't have.
///
/// NaN at a bar means that nothing is known there: no limit or stop order is placed, and an entry without a size isn't either.
public struct LaneLevels: BitwiseCopyable {
  /// One number for each bar of a block.
  public struct Column: BitwiseCopyable {
    /// The number of the block's first bar.
    public let base: UnsafePointer<Double>
    /// Distance between bars: 0 for a number that stays the same.
    public let stride: Int

    /// A column in memory that the caller keeps.
    public init(base: UnsafePointer<Double>, stride: Int) {
      self.base = base
      self.stride = stride
    }

    /// The number of a bar of the block.
    @inlinable public subscript(bar: Int) -> Double { base[bar * stride] }
  }

  /// Limit price of an entry at the bar of its signal; of either side.
  public var entryLimit: Column?
  /// Stop price of an entry at the bar of its signal; with a limit too, a stop-limit order.
  public var entryStop: Column?
  /// Limit price at which a position is to be closed, anew at each bar.
  public var exitLimit: Column?
  /// How much an entry buys or sells, as `LaneTerms.sizing` counts it; takes the place of `LaneTerms.size`.
  public var size: Column?

  /// No numbers.
  public init() {}
}

/// Everything that defines the lanes of a run.
public struct LaneRun: Sendable {
  /// Prices.
  public var panel: PricePanel
  /// Columns of the panel to trade, in lane order.
  public var symbols: [Int]
  /// Signals and terms.
  public var strategy: any LaneStrategy
  /// Fills and costs.
  public var rules: LaneRules
  /// Equity before the first bar.
  public var cash: Double
  /// Bars of the panel in which the lanes trade.
  public var window: Range<Int>
  /// First bar of the panel that indicators see; at most the window's first.
  public var historyStart: Int
  /// Annual risk-free rate.
  public var riskFree: Double
  /// Annual minimum acceptable return.
  public var minimumAcceptable: Double
  /// Whether summaries carry the returns of every bar.
  public var keepsReturns: Bool
  /// First bars of the window's days, and its length at the end: then sums over returns are of days.
  ///
  /// Where returns are kept, and in a replay, they are kept by bar, and whoever asked compounds them.
  public var dayBounds: [Int]?

  /// A run over a window of a panel.
  public init(
    panel: PricePanel, symbols: [Int], strategy: any LaneStrategy, rules: LaneRules, cash: Double,
    window: Range<Int>, historyStart: Int = 0, riskFree: Double = 0, minimumAcceptable: Double = 0,
    keepsReturns: Bool = false
  ) {
    precondition(window.lowerBound >= historyStart && window.upperBound <= panel.barCount)
    self.panel = panel
    self.symbols = symbols
    self.strategy = strategy
    self.rules = rules
    self.cash = cash
    self.window = window
    self.historyStart = historyStart
    self.riskFree = riskFree
    self.minimumAcceptable = minimumAcceptable
    self.keepsReturns = keepsReturns
  }

  /// Number of lanes; lane ids count symbols slowest, parameter sets fastest.
  public var laneCount: Int { symbols.count * strategy.setCount }
  /// Symbol position and parameter set of a lane.
  public func place(of lane: Int) -> (symbol: Int, set: Int) {
    (lane / strategy.setCount, lane % strategy.setCount)
  }
  /// Bars in a year.
  public var barsPerYear: Double { panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs) }
  /// The annual rate per bar.
  func perBar(_ annual: Double) -> Double {
    LaneSummary.ratePerBar(annual: annual, barsPerYear: barsPerYear)
  }
}
