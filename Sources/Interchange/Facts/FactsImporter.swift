import Market

/// A format of facts about symbols that is no panel of prices.
public protocol FactsImporter: Sendable {
  /// The name by which a user asks for it, for example `lean-factors`.
  static var name: String { get }
  /// One line about the format, for help.
  static var summary: String { get }
  /// Reads files; nothing is changed on disk.
  ///
  /// - Parameters:
  ///   - paths: files in order; `-` is standard input.
  ///   - options: how to read them.
  ///   - days: the exchange days of the store that the facts are for.
  static func read(paths: [String], options: ImportOptions, days: ExchangeDays)
    throws(ImportError) -> FactsDraft
}

extension ImporterCatalog {
  /// All formats of facts, one a line.
  public static let facts: [any FactsImporter.Type] = [
    ActionsImporter.self,
    LeanFactorsImporter.self,
    LeanMapImporter.self,
    SymbolsImporter.self,
  ]

  /// The importer of facts of a name.
  public static func factsImporter(named name: String) -> (any FactsImporter.Type)? {
    facts.first { $0.name == name }
  }
}

/// Facts as read, before it is known which of their symbols a store has.
public struct FactsDraft: Sendable {
  /// Rows of the symbol master; unknown texts are empty, unknown numbers NaN.
  public var symbols: [SymbolTable.Entry] = []
  /// Corporate actions, no two of one symbol, time and kind.
  public var actions: [NamedAction] = []
  /// Who had which ticker when.
  public var tickers: TickerMap?
  /// Rows that break a rule, in the order of files and lines.
  public var quarantined: [QuarantinedRow] = []
  /// Rows below the headers.
  public var rowsRead = 0
  /// What was recognised, in words.
  public var notes: [String] = []

  /// Nothing yet.
  public init() {}

  /// Keeps a row out, or refuses the file if the options ask for that.
  mutating func refuse(
    _ row: QuarantinedRow, path: String, _ options: ImportOptions
  ) throws(ImportError) {
    quarantined.append(row)
    guard options.onBadRow == .reject else { return }
    throw .rowRejected(
      path: path, row: .init(line: row.line, column: row.column, reason: row.reason))
  }

  /// Refuses files of which more than half the rows break a rule.
  func check(_ path: String, rows: Int, bad: Int) throws(ImportError) {
    guard bad * 2 > rows, let first = quarantined.first(where: { $0.file == path }) else { return }
    throw .mostlyBad(
      path: path, bad: bad, rows: rows,
      first: .init(line: first.line, column: first.column, reason: first.reason))
  }
}

/// The days on which a market trades, as far as bars tell.
public struct ExchangeDays: Sendable {
  private let days: [Int64]
  private let frequencyNs: Int64
  private let zone: ZoneRules

  /// No days: the next day is tomorrow.
  public static let none = ExchangeDays(timeNs: [], frequencyNs: Calendar.dayNs, zone: "UTC")

  /// Takes the bars of a panel.
  ///
  /// - Parameters:
  ///   - timeNs: their starts, increasing.
  ///   - frequencyNs: their length; bars shorter than a day lie on the day of the zone's wall.
  ///   - zone: IANA name; UTC if this system does not know it.
  public init(timeNs: [Int64], frequencyNs: Int64, zone: String) {
    self.frequencyNs = frequencyNs
    let isIntraday = frequencyNs < Calendar.dayNs
    self.zone = isIntraday ? ZoneRules.named(zone) ?? .utc : .utc
    var days: [Int64] = []
    for ns in timeNs {
      let day = Self.midnight(ns, self.zone)
      if days.last != day { days.append(day) }
    }
    self.days = days
  }

  /// 00:00 UTC of the exchange day on which an instant lies.
  public func day(of ns: Int64) -> Int64 { Self.midnight(ns, zone) }

  /// The first trading day after a day, or tomorrow where no bar tells.
  public func next(after day: Int64) -> Int64 {
    var (low, high) = (0, days.count)
    while low < high {
      let middle = (low + high) / 2
      if days[middle] <= day { low = middle + 1 } else { high = middle }
    }
    return low < days.count ? days[low] : day + Calendar.dayNs
  }

  private static func midnight(_ ns: Int64, _ zone: ZoneRules) -> Int64 {
    let (wall, overflow) = ns.addingReportingOverflow(zone.offset(at: ns))
    let (midnight, below) = Timestamp.split(overflow ? ns : wall).day.multipliedReportingOverflow(
      by: Calendar.dayNs)
    return below ? ns : midnight
  }

  /// A date as written, `YYYY-MM-DD` or `YYYYMMDD`, whatever time or offset stands behind it; nil for anything else.
  static func parse(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    if bytes.count == 8, bytes.allSatisfy({ (48...57).contains($0) }) {
      let digits = text.map(String.init)
      return parse(
        digits[..<4].joined() + "-" + digits[4..<6].joined() + "-" + digits[6...].joined())
    }
    guard bytes.count >= 10, bytes.count == 10 || bytes[10] == 0x20 || bytes[10] == 0x54 else {
      return nil
    }
    let day = try? Timestamp.nanoseconds(parsing: String(decoding: bytes[..<10], as: UTF8.self))
    return day.flatMap { CorporateAction.times.contains($0) ? $0 : nil }
  }
}
