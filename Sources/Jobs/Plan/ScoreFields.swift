import FoundationEssentials
import Interchange
import Kernels
import Market
import Storage

/// Puts values that are known later than they are stamped where a strategy may see them.
///
/// A value stamped t is first seen at the close of a bar:
///
///     lag in bars, n      the n-th bar after the first that starts at or after t
///     lag in time, d      the first bar that starts at or after t + d
///
/// Of two values that become known at the same bar the later stamped counts. A bar at which none becomes known has NaN: nothing
/// is carried forward.
struct LaggedField {
  private let time: TimeAxis
  private let symbolCount: Int
  private let lag: Spec.Lag
  private(set) var values: [Double]

  init(_ panel: PricePanel, lag: Spec.Lag) {
    time = panel.time
    symbolCount = panel.symbolCount
    self.lag = lag
    values = Array(repeating: .nan, count: panel.barCount * panel.symbolCount)
  }

  /// The bar at which something stamped t is first seen; nil for none of the panel.
  func bar(of stamp: Int64) -> Int? {
    var bar: Int
    switch lag {
    case .bars(let count): bar = time.firstBar(atOrAfter: stamp) + count
    case .time(let length):
      let (known, overflow) = stamp.addingReportingOverflow(length)
      bar = overflow ? time.count : time.firstBar(atOrAfter: known)
    }
    return bar < time.count ? bar : nil
  }

  /// Takes a value; later stamps after earlier ones.
  mutating func take(_ value: Double, bar: Int, symbol: Int) {
    if !value.isNaN { values[bar * symbolCount + symbol] = value }
  }
}

/// The values of a file of scores, as it has them.
struct ScoreFile: Sendable {
  let scores: Spec.Scores
  /// Path as opened.
  let path: String
  /// SHA-256 of what was read.
  let hash: String
  private(set) var draft: PanelDraft

  /// Reads a file.
  ///
  /// - Throws: `SpecError.panel` if it isn't what the spec says; `ImportError`, `StorageError`.
  init(_ scores: Spec.Scores, path: String, panel: PricePanel) throws {
    self.scores = scores
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      throw SpecError.panel(
        reason: "data.scores: \(path) does not exist; paths are relative to the spec's folder")
    }
    let isStore = path.hasSuffix(".h5") || path.hasSuffix(".hdf5") || path.hasSuffix("/")
    draft =
      isStore ? try Self.stored(scores, path) : try Self.imported(scores, path, panel)
    guard let field = draft.fields.firstIndex(where: { $0.name == scores.field }) else {
      let names = draft.fields.map(\.name)
      throw SpecError.unknownName(
        path: "data.scores", line: 0, kind: "field", name: scores.field,
        nearest: nearestName(to: scores.field, among: names),
        hint: "\(path) has: \(names.joined(separator: ", "))")
    }
    draft.fields = [draft.fields[field]]
    hash = Self.hash(draft)
  }

  private static func imported(_ scores: Spec.Scores, _ path: String, _ panel: PricePanel)
    throws -> PanelDraft
  {
    var options = ImportOptions()
    options.calendar = panel.calendar
    options.panel = panel.name
    options.frequencyNs = panel.frequencyNs
    options.allowsNegativePrices = true
    // A score that can't be read is a mistake in the model's output, and not one in a vendor's prices.
    options.onBadRow = .reject
    // With a column of symbols; without one, of the only symbol; or with a column for each symbol.
    var forms = [options]
    if panel.symbolCount == 1 {
      forms.append(options)
      forms[1].symbol = .fixed(panel.symbols[0].symbol)
    }
    forms.append(options)
    forms[forms.count - 1].field = scores.field
    var failure: (any Error)?
    var other: PanelDraft?
    for form in forms {
      do {
        let draft = try read(path, form)
        if draft.fields.contains(where: { $0.name == scores.field }) { return draft }
        other = other ?? draft
      } catch {
        // What is wrong with a row says more than that the row has another form.
        if failure == nil || isRow(error) { failure = error }
      }
    }
    if case ImportError.rowRejected(let path, let row)? = failure {
      throw ImportError.rowUnusable(path: path, row: row)
    }
    if let other { return other }
    if case ImportError.columnMissing(_, _, let found, _)? = failure {
      throw SpecError.panel(
        reason: "data.scores: \(path) has no numbers in a column '\(scores.field)' (it has: "
          + "\(found.joined(separator: ", "))); expected a time, a symbol and a value in each row, "
          + "or a column for each symbol")
    }
    // The spec has none of the flags that an import would name.
    if case let cause as ImportError = failure { throw SideFileError(kind: .scores, cause: cause) }
    if let failure { throw failure }
    preconditionFailure("one of the forms was tried")
  }

  private static func isRow(_ error: any Error) -> Bool {
    if case ImportError.rowRejected = error { true } else { false }
  }

  private static func read(_ path: String, _ options: ImportOptions) throws -> PanelDraft {
    let importer = try ImporterCatalog.recognised([path], options: options)
    return try importer.read(paths: [path], options: options).draft
  }

  private static func stored(_ scores: Spec.Scores, _ path: String) throws -> PanelDraft {
    let store = try PriceStore.open(path)
    let holding = store.panels.filter { $0.fields.contains(scores.field) }
    guard holding.count == 1, let info = holding.first else {
      let names = store.panels.map { "\($0.name) (\($0.fields.joined(separator: ", ")))" }
      throw SpecError.panel(
        reason: "data.scores: \(path) has \(holding.count) panels with a field '\(scores.field)', "
          + "expected one; it has \(names.joined(separator: "; "))")
    }
    let panel = try store.loadPanel(info.name, fields: [scores.field])
    let values = (0..<panel.barCount).flatMap { bar in
      (0..<panel.symbolCount).map { panel.value(field: 0, bar: bar, symbol: $0) }
    }
    return PanelDraft(
      name: info.name, timeNs: panel.time.ns, symbols: panel.symbols.entries,
      calendar: panel.calendar, frequencyNs: panel.frequencyNs,
      fields: [.init(name: scores.field, values: values)])
  }

  private static func hash(_ draft: PanelDraft) -> String {
    var text = draft.symbols.map(\.symbol).joined(separator: "\n")
    for (bar, time) in draft.timeNs.enumerated() {
      text += "\n\(time)"
      for symbol in draft.symbols.indices {
        let value = draft.fields[0].values[bar * draft.symbols.count + symbol]
        text += " " + String(value.bitPattern, radix: 16)
      }
    }
    return SHA256.hash(text)
  }

  /// The same without its future.
  mutating func apply(_ hindsight: Hindsight) { draft = hindsight.apply(to: draft) }

  /// A panel with the values as a further field, each at the bar at which it is known.
  ///
  /// - Returns: the panel, the number of values that are seen, and of symbols that the panel lacks.
  func joined(to panel: PricePanel) throws(SpecError) -> (
    panel: PricePanel, seen: Int, unknown: [String]
  ) {
    guard panel.fieldIndex(scores.field) == nil else {
      throw .panel(
        reason: "data.scores: panel \(panel.name) has a field '\(scores.field)' already; give the "
          + "scores another name, or use data.lags for the panel's own")
    }
    var field = LaggedField(panel, lag: scores.lag)
    let columns = draft.symbols.map { panel.symbols.index(of: $0.symbol) }
    let unknown = zip(draft.symbols, columns).filter { $1 == nil }.map(\.0.symbol)
    var seen = 0
    for (row, stamp) in draft.timeNs.enumerated() {
      guard let bar = field.bar(of: stamp) else { continue }
      for (place, column) in columns.enumerated() {
        guard let column else { continue }
        let value = draft.fields[0].values[row * draft.symbols.count + place]
        if !value.isNaN { seen += 1 }
        field.take(value, bar: bar, symbol: column)
      }
    }
    return (panel.adding(field: scores.field, values: field.values), seen, unknown)
  }
}

extension PricePanel {
  /// The panel with a field of its own seen later than it is stamped.
  func lagging(_ lag: Spec.FieldLag) throws(SpecError) -> PricePanel {
    guard let place = fieldIndex(lag.field) else {
      throw .unknownName(
        path: "data.lags", line: 0, kind: "field", name: lag.field,
        nearest: nearestName(to: lag.field, among: fields),
        hint: "panel \(name) has: \(fields.joined(separator: ", "))")
    }
    var field = LaggedField(self, lag: lag.lag)
    for (row, stamp) in time.ns.enumerated() {
      guard let bar = field.bar(of: stamp) else { break }
      for symbol in 0..<symbolCount {
        field.take(value(field: place, bar: row, symbol: symbol), bar: bar, symbol: symbol)
      }
    }
    return replacing(field: lag.field, values: field.values)
  }
}
