import Market

/// A rule that trades, in Swift: it sees bars up to now and leaves orders.
///
/// Its state is that of a struct. `StrategyEngine` is generic over it, so that the loop over bars is compiled for it, in the
/// user's package too; mark what is called for every bar `@inlinable` only if it lives in another module than the loop.
///
/// ```swift
/// struct Cross: Strategy {
///   let fast: Int, slow: Int
///   var warmupBars: Int { slow }
///   mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
///     let isAbove = view.mean(.close, bars: fast) > view.mean(.close, bars: slow)
///     if isAbove == (view.units() > 0) { return }
///     desk.target(weight: isAbove ? 1 : 0)
///   }
/// }
/// ```
public protocol Strategy: Sendable {
  /// Bars that pass, from the first with a price on, before it is asked for a decision.
  var warmupBars: Int { get }

  /// Learns what is traded, once, before the first bar.
  mutating func begin(_ listing: Listing)

  /// Sees a bar at which it can't trade yet: one that warms, or lies before the window.
  mutating func observe(_ view: borrowing BarView)

  /// Decides at the close of a bar.
  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk)
}

extension Strategy {
  /// Nothing to learn.
  @inlinable
  public mutating func begin(_ listing: Listing) {}
  /// Nothing to see.
  @inlinable
  public mutating func observe(_ view: borrowing BarView) {}
}

/// A field of the panel, as `BarView` takes it.
public struct Field: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline let index: Int

  @inlinable
  init(index: Int) { self.index = index }

  /// First price.
  @inlinable public static var open: Field { Field(index: 0) }
  /// Highest price.
  @inlinable public static var high: Field { Field(index: 1) }
  /// Lowest price.
  @inlinable public static var low: Field { Field(index: 2) }
  /// Last price.
  @inlinable public static var close: Field { Field(index: 3) }
  /// Units traded.
  @inlinable public static var volume: Field { Field(index: 4) }
}

/// What a strategy may know before the first bar.
public struct Listing: Sendable {
  /// Symbols in the order of the run.
  public let symbols: [String]
  /// Bars in a year.
  public let barsPerYear: Double
  /// Length of a bar in nanoseconds.
  public let frequencyNs: Int64
  let fields: [String]

  init(_ run: AccountRun) {
    symbols = run.symbols.map { run.panel.symbols[$0].symbol }
    barsPerYear = run.panel.calendar.barsPerYear(frequencyNs: run.panel.frequencyNs)
    frequencyNs = run.panel.frequencyNs
    fields = run.panel.fields
  }

  /// A field by its name in the panel; nil if there is none.
  public func field(_ name: String) -> Field? {
    if let index = BarFeed.named.firstIndex(of: name) {
      return fields.contains(name) ? Field(index: index) : nil
    }
    return fields.firstIndex(of: name).map { Field(index: BarFeed.named.count + $0) }
  }
}
