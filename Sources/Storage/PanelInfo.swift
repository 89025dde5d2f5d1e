import Market

/// What a store tells about one of its panels without loading it.
public struct PanelInfo: Sendable, Equatable {
  /// Name of the panel.
  public var name: String
  /// Number of bars, `T`.
  public var barCount: Int
  /// Symbols in column order: `[N]`.
  public var symbols: [String]
  /// Field names, in file order.
  public var fields: [String]
  /// Calendar of the panel.
  public var calendar: Calendar
  /// Length of a bar in nanoseconds.
  public var frequencyNs: Int64
  /// Starts of the first and of the last bar; nil without bars.
  public var range: ClosedRange<Int64>?
  /// First and last valid bar by symbol; nil for a symbol without any.
  public var lifetimes: [ClosedRange<Int>?]
  /// Whether prices at or below zero are valid.
  public var allowsNegativePrices: Bool
  /// What the stored prices were adjusted by before they came here: `none` if they are raw.
  public var adjusted = Adjustment.none
  /// SHA-256 of times, symbols, lifetimes and fields, in hexadecimal.
  public var contentHash: String
}

extension PanelInfo {
  /// What a draft will be once stored, or why it can't be.
  init(_ draft: PanelDraft) throws(StorageError) {
    let part = "panel '\(draft.name)'"
    func refuse(_ reason: String) -> StorageError { .invalidContent(part: part, reason: reason) }
    guard Self.isName(draft.name) else {
      throw refuse("a name needs 1 to 255 bytes, no slash, and no dot at its start")
    }
    let (bars, count) = (draft.timeNs.count, draft.symbols.count)
    guard bars > 0, count > 0, !draft.fields.isEmpty else {
      throw refuse("it has \(bars) bars, \(count) symbols and \(draft.fields.count) fields")
    }
    guard draft.frequencyNs > 0 else { throw refuse("bars of \(draft.frequencyNs) ns") }
    for bar in 1..<max(1, bars) where draft.timeNs[bar] <= draft.timeNs[bar - 1] {
      throw refuse("bar \(bar) starts at or before the one before it")
    }
    var seen: Set<String> = []
    for entry in draft.symbols {
      guard !entry.symbol.isEmpty else { throw refuse("a symbol is empty") }
      guard seen.insert(entry.symbol).inserted else {
        throw refuse("the symbol \(entry.symbol) stands twice")
      }
    }
    seen = ["time", "symbol", "first", "last"]
    for field in draft.fields {
      guard Self.isName(field.name) else { throw refuse("'\(field.name)' is no name for a field") }
      guard seen.insert(field.name).inserted else {
        throw refuse("the name \(field.name) is taken")
      }
      guard field.values.count == bars * count else {
        throw refuse("\(field.name) has \(field.values.count) values for \(bars) × \(count)")
      }
    }
    name = draft.name
    barCount = bars
    symbols = draft.symbols.map(\.symbol)
    fields = draft.fields.map(\.name)
    calendar = draft.calendar
    frequencyNs = draft.frequencyNs
    range = draft.timeNs[0]...draft.timeNs[bars - 1]
    lifetimes = Self.lifetimes(draft)
    allowsNegativePrices = draft.allowsNegativePrices
    adjusted = draft.adjusted
    contentHash = ""
  }

  /// Whether HDF5 can hold a member of this name and no path can be meant by it.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255 && !name.hasPrefix(".") && !name.utf8.contains(0)
      && !name.contains("/")
  }

  private static func lifetimes(_ draft: PanelDraft) -> [ClosedRange<Int>?] {
    let names = PanelLifetimes.fields(draft.fields.map(\.name))
    var lifetimes = PanelLifetimes(draft.symbols.count)
    for field in draft.fields where names.contains(field.name) {
      field.values.withUnsafeBufferPointer { lifetimes.add($0) }
    }
    return lifetimes.ranges
  }
}

/// First and last bars with a value, by symbol.
struct PanelLifetimes {
  private var first: [Int]
  private var last: [Int]

  init(_ symbolCount: Int) {
    first = [Int](repeating: -1, count: symbolCount)
    last = first
  }

  /// The fields that decide: close, or all where there is none.
  static func fields(_ names: [String]) -> [String] {
    names.contains("close") ? ["close"] : names
  }

  /// Takes a field, `[T, N]` row-major.
  mutating func add(_ values: UnsafeBufferPointer<Double>) {
    let count = first.count
    for bar in 0..<values.count / max(1, count) {
      for symbol in 0..<count where !values[bar * count + symbol].isNaN {
        if first[symbol] < 0 || bar < first[symbol] { first[symbol] = bar }
        if bar > last[symbol] { last[symbol] = bar }
      }
    }
  }

  /// Nil for a symbol without any value.
  var ranges: [ClosedRange<Int>?] { zip(first, last).map { $0 < 0 ? nil : $0...$1 } }
}
