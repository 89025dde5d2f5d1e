/// When a market trades, and how many bars make a year: a name, a zone, and the lines of a calendar file.
public struct Calendar: Sendable, Equatable {
  /// The calendars that Apus brings along.
  public enum Kind: String, Sendable, CaseIterable {
    /// Exchange sessions of US equities: 252 a year, 390 minutes each.
    case usEquity = "us_equity"
    /// Every day, all day.
    case crypto
    /// Currencies: from Sunday evening to Friday evening in New York.
    case fx
  }

  /// IANA zone in which sessions are given, for example `America/New_York`.
  public let timeZone: String
  let rules: CalendarRules

  /// A calendar that Apus brings along, in its own zone unless another is given.
  public init(_ kind: Kind, timeZone: String? = nil) {
    rules = Self.builtIn(kind)
    self.timeZone = timeZone ?? rules.timeZone
  }

  /// A calendar of the user's own, from the text of its file; one that Apus brings along if the text is that.
  ///
  /// - Parameter timeZone: the zone; nil for the one that the file names.
  /// - Throws: `MarketError.invalidCalendar` with the line that is wrong.
  public init(parsing text: String, timeZone: String? = nil) throws(MarketError) {
    let file = try CalendarFile(parsing: text)
    let known = Kind.allCases.map(Self.builtIn).first { $0.goes(by: file.name) }
    if let known, known.text != text {
      throw .invalidCalendar(
        line: 0, reason: "the name '\(file.name)' is taken by a built-in calendar; choose another")
    }
    rules = known ?? CalendarRules(file, text: text)
    self.timeZone = timeZone ?? rules.timeZone
  }

  /// A calendar that Apus brings along, by name or alias in letters of either case: `us_equity`, `XNYS`, `24/7`, ….
  public init?(named name: String, timeZone: String? = nil) {
    let wanted = name.lowercased()
    guard let kind = Kind.allCases.first(where: { Self.builtIn($0).goes(by: wanted) }) else {
      return nil
    }
    self.init(kind, timeZone: timeZone)
  }

  /// Sessions of US equities.
  public static let usEquity = Calendar(.usEquity)
  /// Every day, all day.
  public static let crypto = Calendar(.crypto)
  /// Currencies.
  public static let fx = Calendar(.fx)

  /// Names and aliases of what Apus brings along.
  public static var knownNames: [String] {
    Kind.allCases.map(builtIn).flatMap { [$0.name] + $0.aliases.map { $0.uppercased() } }
  }

  /// Its name, for example `us_equity`.
  public var name: String { rules.name }
  /// Other names of it.
  public var aliases: [String] { rules.aliases }
  /// The text of its file.
  public var definition: String { rules.text }
  /// Whether Apus brings it along, so that its name is all that a store needs.
  public var isBuiltIn: Bool { Kind(rawValue: name) != nil }
  /// Sessions in a year, by convention.
  public var sessionsPerYear: Double { rules.sessionsPerYear }

  /// Nanoseconds in a day.
  public static let dayNs: Int64 = 86_400_000_000_000

  /// Bars in a year for bars of a length.
  ///
  /// Months: 12 over their number. A week: 52. Days: the sessions of a year over their number. Less: the sessions of a
  /// year times regular hours over the length, at least one bar a session.
  public func barsPerYear(frequencyNs: Int64) -> Double {
    let frequency = Frequency(ns: frequencyNs)
    if let months = frequency.months { return 12 / Double(months) }
    if frequency == .week { return 52 }
    let days = sessionsPerYear
    if frequencyNs >= Self.dayNs { return days * Double(Self.dayNs) / Double(frequencyNs) }
    // A product of whole numbers first, so that minutes of whole sessions come out whole.
    return max(days, days * Double(rules.regularNs) / Double(frequencyNs))
  }

  /// Same zone and same file.
  public static func == (left: Calendar, right: Calendar) -> Bool {
    left.timeZone == right.timeZone
      && (left.rules === right.rules || left.rules.text == right.rules.text)
  }

  private static func builtIn(_ kind: Kind) -> CalendarRules {
    switch kind {
    case .usEquity: BuiltIn.usEquity
    case .crypto: BuiltIn.crypto
    case .fx: BuiltIn.fx
    }
  }

  /// Each is read when it is first asked for.
  private enum BuiltIn {
    static let usEquity = read(PackageResources.us_equity_calendar)
    static let crypto = read(PackageResources.crypto_calendar)
    static let fx = read(PackageResources.fx_calendar)

    static func read(_ bytes: [UInt8]) -> CalendarRules {
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(MarketError) {
        return CalendarRules(try CalendarFile(parsing: text), text: text)
      } catch {
        preconditionFailure("a calendar of Apus: \(error)")
      }
    }
  }
}

extension CalendarRules {
  /// Whether it has a name, in small letters.
  fileprivate func goes(by wanted: String) -> Bool { name == wanted || aliases.contains(wanted) }
}
