import Interchange
import Market

extension Target {
  /// A file of facts is refused, or each of its rows is taken or reported.
  static func readFacts(_ bytes: UnsafeRawBufferPointer) {
    // The first byte chooses the format and its options.
    guard let choice = bytes.first else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let formats = ImporterCatalog.facts
    let kind = Int(choice & 7) % (formats.count + 1)
    guard kind < formats.count else { return readCalendar(bytes) }
    var options = ImportOptions()
    if choice & 8 != 0 { options.symbol = .fixed("X") }
    if choice & 16 != 0 { options.onBadRow = .reject }
    if choice & 32 != 0 { options.adjusted = .splits }
    let file = MemoryFile(bytes)
    let days = ExchangeDays(
      timeNs: (0..<600).map { (16_000 + $0) * Calendar.dayNs }, frequencyNs: Calendar.dayNs,
      zone: "UTC")
    guard
      let draft = try? formats[kind].read(paths: [file.path], options: options, days: days)
    else { return }
    for action in draft.actions {
      precondition(CorporateAction.times.contains(action.timeNs), "an action out of time")
      precondition(!action.value.isInfinite, "an action without bounds")
      if action.kind == .split { precondition(action.value > 0, "a split of nothing") }
    }
    precondition(
      draft.symbols.allSatisfy { !$0.symbol.isEmpty && !($0.lot <= 0) && !($0.tick <= 0) },
      "a symbol that can't be")
    precondition(
      draft.rowsRead > 0 || draft.quarantined.isEmpty, "rows left out that were not read")
  }

  /// A calendar is refused, or its sessions can be asked for.
  private static func readCalendar(_ bytes: UnsafeRawBufferPointer) {
    guard let text = String(validating: bytes, as: UTF8.self),
      let calendar = try? Calendar(parsing: text)
    else { return }
    let zone = ZoneRules.named(calendar.timeZone) ?? .utc
    let days: ClosedRange<Int64> = 19_000...19_400
    for session in calendar.sessions(days: days, zone: zone) {
      precondition(session.day >= days.lowerBound, "a session out of time")
    }
    precondition(calendar.nextSession(after: 19_000) > 19_000, "a session before its day")
    _ = calendar.isMonthEnd(day: 19_000)
    _ = calendar.barsPerYear(frequencyNs: Calendar.dayNs)
  }
}
