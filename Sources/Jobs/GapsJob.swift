import Interchange
import Market
import Storage

/// Holds a panel of a store against its calendar.
public struct GapsJob: Sendable {
  /// Gaps of one panel.
  public struct Outcome: Sendable {
    /// The panel.
    public var panel: PanelInfo
    /// What is missing and what is too much, by symbol.
    public var gaps: PanelGaps
  }

  /// Looks at one panel, or all; at one symbol, or all.
  ///
  /// - Throws: `StorageError`, `GapsError`, `MarketError.noSlots` for bars that have no slots.
  public static func run(_ store: PriceStore, panel: String? = nil, symbol: String? = nil) throws
    -> [Outcome]
  {
    let panels = try panel.map { [try store.info($0)] } ?? store.panels
    var outcomes: [Outcome] = []
    for info in panels {
      var chosen: [Int]?
      if let symbol {
        guard let position = info.symbols.firstIndex(of: symbol) else {
          if panels.count > 1 { continue }
          throw GapsError.symbolMissing(symbol, panel: info.name)
        }
        chosen = [position]
      }
      guard let zone = ZoneRules.named(info.calendar.timeZone) else {
        throw GapsError.zoneUnknown(panel: info.name, zone: info.calendar.timeZone)
      }
      let loaded = try store.loadPanel(info.name)
      outcomes.append(
        Outcome(panel: info, gaps: try PanelGaps(loaded, symbols: chosen, zone: zone)))
    }
    if outcomes.isEmpty, let symbol {
      throw GapsError.symbolMissing(symbol, panel: panels.map(\.name).joined(separator: ", "))
    }
    return outcomes
  }
}

/// Why gaps can't be told.
public enum GapsError: Error, Equatable {
  /// No panel that was looked at has the symbol.
  case symbolMissing(String, panel: String)
  /// The system does not know the panel's zone.
  case zoneUnknown(panel: String, zone: String)
}

extension GapsError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .symbolMissing(let symbol, let panel):
      "panel \(panel) has no symbol '\(symbol)'. List them: apus inspect STORE --symbols"
    case .zoneUnknown(let panel, let zone):
      "panel \(panel) is in the time zone '\(zone)', which this system does not know. Import it with another zone."
    }
  }
}
