import Market

/// The hashes of a price file: of what it says, not of its bytes, nor of when it was written.
///
/// A panel: the text `apus-panel-1`; name, calendar, zone, for a calendar of the user's own the text
/// `apus-calendar-1` and its definition, `frequency_ns`, 1 or 0 for negative prices allowed
/// or not; if prices are not raw, the text `adjusted` and by what; symbols; times; first and last bars (−1 for
/// none); then for each field in file order its name and
/// values. A file: the text `apus-prices-1`; the columns symbol, name, sector, industry, exchange, currency,
/// lot and tick; the action columns symbol, time, kind and value, and unless they are empty factor; then for
/// each panel by name its name and hash. How texts, numbers and lists are written stands at `SHA256.add`.
enum ContentHash {
  /// Hash of a panel, its fields given one by one and each in as many parts as it comes in.
  static func panel<Failure: Error>(
    _ info: PanelInfo, timeNs: [Int64],
    field: (_ index: Int, _ add: (UnsafeBufferPointer<Double>) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> String {
    var hash = SHA256()
    hash.add("apus-panel-1")
    hash.add(info.name)
    hash.add(info.calendar.name)
    hash.add(info.calendar.timeZone)
    addDefinition(of: info.calendar, to: &hash)
    hash.add(info.frequencyNs)
    hash.add(info.allowsNegativePrices ? 1 : 0)
    if info.adjusted != .none {
      hash.add("adjusted")
      hash.add(info.adjusted.rawValue)
    }
    hash.add(info.symbols)
    hash.add(timeNs)
    hash.add(info.lifetimes.map { Int64($0?.lowerBound ?? -1) })
    hash.add(info.lifetimes.map { Int64($0?.upperBound ?? -1) })
    hash.add(Int64(info.fields.count))
    for (index, name) in info.fields.enumerated() {
      hash.add(name)
      hash.add(Int64(timeNs.count * info.symbols.count))
      try field(index) { hash.addElements($0) }
    }
    return hash.hexDigest()
  }

  /// Whether two tables of symbols say the same.
  static func isSame(_ left: [SymbolTable.Entry], _ right: [SymbolTable.Entry]) -> Bool {
    file(symbols: left, actions: .none, panels: [])
      == file(symbols: right, actions: .none, panels: [])
  }

  /// Hash of a file whose panels have these hashes.
  static func file(
    symbols: [SymbolTable.Entry], actions: CorporateActions, panels: [PanelInfo]
  ) -> String {
    var hash = SHA256()
    hash.add("apus-prices-1")
    hash.add(symbols.map(\.symbol))
    hash.add(symbols.map(\.name))
    hash.add(symbols.map(\.sector))
    hash.add(symbols.map(\.industry))
    hash.add(symbols.map(\.exchange))
    hash.add(symbols.map(\.currency))
    hash.add(symbols.map(\.lot))
    hash.add(symbols.map(\.tick))
    add(actions, to: &hash)
    for panel in panels.sorted(by: { $0.name < $1.name }) {
      hash.add(panel.name)
      hash.add(panel.contentHash)
    }
    return hash.hexDigest()
  }

  /// Hash of a panel seen through corporate actions.
  static func view(of panel: String, adjusted: Adjustment, actions: [NamedAction]) -> String {
    var hash = SHA256()
    hash.add("apus-view-1")
    hash.add(panel)
    hash.add(adjusted.rawValue)
    hash.add(actions.map(\.symbol))
    hash.add(actions.map(\.timeNs))
    hash.add(actions.map(\.kind.rawValue))
    hash.add(actions.map(\.value))
    hash.add(actions.map(\.factor))
    return hash.hexDigest()
  }

  private static func add(_ actions: CorporateActions, to hash: inout SHA256) {
    hash.add(actions.rows.map { Int64($0.symbol) })
    hash.add(actions.rows.map(\.timeNs))
    hash.add(actions.rows.map(\.kind.rawValue))
    hash.add(actions.rows.map(\.value))
    // Stores of before there were factors have four columns, and no actions.
    if !actions.isEmpty { hash.add(actions.rows.map(\.factor)) }
  }
}
