import FoundationEssentials
import Interchange
import Kernels
import Market
import Storage

/// Makes a panel of longer bars from one of a store.
public struct ResampleJob: Sendable {
  /// The store, a file or a folder.
  public var store: String
  /// Its panel; nil for the only one.
  public var panel: String?
  /// Length of the new bars.
  public var target: Frequency
  /// Name of the new panel; nil for the old one with the new length, such as `us_equity_5m`.
  public var name: String?
  /// The store that takes it; nil for the same.
  public var output: String?
  /// How fields become one, by field: `first`, `last`, `max`, `min`, `sum` or `mean`; `PricePanel.customaryFold` for
  /// the others.
  public var how: [String: String] = [:]
  /// Where bins within a day begin.
  public var anchor = BinPlan.Anchor.open
  /// Which bars are used.
  public var sessions = BinPlan.Sessions.regular
  /// Workers; the result is the same for any number.
  public var workers = Machine.processors
  /// Whether a panel of the same name may be replaced.
  public var force = false

  /// What was made.
  public struct Outcome: Sendable {
    /// The store written.
    public var store: String
    /// Names of the panels.
    public var source: String, panel: String
    /// Lengths of their bars.
    public var from: Frequency, to: Frequency
    /// Numbers of their bars.
    public var sourceBars: Int, bars: Int
    /// Starts of the first and the last new bar.
    public var range: ClosedRange<Int64>
    /// Bars left out: outside sessions, and over the end of a bin.
    public var outside: Int, straddling: Int
    /// How each field was put together.
    public var folds: [(field: String, how: String)]
  }

  /// A job.
  public init(store: String, target: Frequency) {
    self.store = store
    self.target = target
  }

  /// Makes the panel and stores it, or only says what it will be.
  ///
  /// - Throws: `ResampleError`, `MarketError`, `StorageError`; then the store is as it was.
  public func run(dryRun: Bool = false) throws -> Outcome {
    let opened = try PriceStore.open(store)
    let source = try opened.loadPanel(try chosen(opened))
    let folds = try folds(source)
    let from = Frequency(ns: source.frequencyNs)
    guard let zone = ZoneRules.named(source.calendar.timeZone) else {
      throw ResampleError.zoneUnknown(panel: source.name, zone: source.calendar.timeZone)
    }
    let name = name ?? Self.name(source.name, from, target)
    let output = output ?? store
    try check(output, name)
    let plan = try BinPlan(
      times: source.time.ns, from: from, to: target, calendar: source.calendar, zone: zone,
      anchor: anchor, sessions: sessions)
    guard let first = plan.stamps.first, let last = plan.stamps.last else {
      throw ResampleError.nothingLeft(panel: source.name, calendar: source.calendar.name)
    }
    if !dryRun {
      let draft = PanelDraft(
        name: name, timeNs: plan.stamps, symbols: source.symbols.entries,
        calendar: source.calendar, frequencyNs: target.ns,
        allowsNegativePrices: try opened.info(source.name).allowsNegativePrices,
        fields: source.resampled(plan, folds: folds, workers: workers))
      try PriceStore.add(draft, to: output, force: force)
    }
    return Outcome(
      store: output, source: source.name, panel: name, from: from, to: target,
      sourceBars: source.barCount, bars: plan.stamps.count, range: first...last,
      outside: plan.outsideCount, straddling: plan.straddlingCount,
      folds: zip(source.fields, folds).map { ($0, $1.rawValue) })
  }

  private func chosen(_ store: PriceStore) throws -> String {
    if let panel { return try store.info(panel).name }
    guard store.panels.count == 1 else {
      throw ResampleError.panelNeeded(path: store.path, available: store.panels.map(\.name))
    }
    return store.panels[0].name
  }

  private func folds(_ panel: PricePanel) throws(ResampleError) -> [RowFold] {
    for (field, value) in how.sorted(by: { $0.key < $1.key }) {
      guard panel.fields.contains(field) else {
        throw .fieldMissing(
          field: field, panel: panel.name, available: panel.fields,
          nearest: nearestName(to: field, among: panel.fields))
      }
      guard RowFold(rawValue: value) != nil else {
        let names = RowFold.allCases.map(\.rawValue)
        throw .noSuchFold(value, names: names, nearest: nearestName(to: value, among: names))
      }
    }
    return panel.fields.map { field in
      how[field].flatMap { RowFold(rawValue: $0) } ?? PricePanel.customaryFold(field)
    }
  }

  /// Refuses what can't be written before the work is done.
  private func check(_ output: String, _ name: String) throws {
    var isFolder = false
    let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
    if isFolder { throw ResampleError.outputIsFolder(path: output) }
    try AtomicFile.checkTarget(output, force: true)
    guard exists else { return }
    let present = try PriceStore.open(output)
    if !force, present.panels.contains(where: { $0.name == name }) {
      throw StorageError.panelExists(panel: name, path: output)
    }
  }

  /// `us_equity_1m` made into 5m is `us_equity_5m`; any other name gets the length behind it.
  private static func name(_ source: String, _ from: Frequency, _ to: Frequency) -> String {
    let end = "_" + from.label
    let base = source.hasSuffix(end) ? String(source.dropLast(end.count)) : source
    return "\(base)_\(to.label)"
  }
}

/// Why a panel was not resampled.
public enum ResampleError: Error, Equatable {
  /// The store has several panels, and none was named.
  case panelNeeded(path: String, available: [String])
  /// The panel has no such field.
  case fieldMissing(field: String, panel: String, available: [String], nearest: String?)
  /// No such way to put values together.
  case noSuchFold(String, names: [String], nearest: String?)
  /// The system does not know the panel's zone.
  case zoneUnknown(panel: String, zone: String)
  /// No bar lies in a session.
  case nothingLeft(panel: String, calendar: String)
  /// A folder takes no single panel.
  case outputIsFolder(path: String)
}

extension ResampleError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .panelNeeded(let path, let available):
      "\(path) has \(available.count) panels; choose one with --panel: \(available.joined(separator: ", "))."
    case .fieldMissing(let field, let panel, let available, let nearest):
      "--how: panel \(panel) has no field '\(field)' (it has: \(available.joined(separator: ", "))).\(didYouMean(nearest))"
    case .noSuchFold(let value, let names, let nearest):
      "--how: '\(value)' is not one of \(names.joined(separator: ", ")).\(didYouMean(nearest))"
    case .zoneUnknown(let panel, let zone):
      "panel \(panel) is in the time zone '\(zone)', which this system does not know. Import it with another zone."
    case .nothingLeft(let panel, let calendar):
      "no bar of panel \(panel) lies in a session of the calendar \(calendar). Keep all with --sessions all, or import "
        + "it with another --calendar."
    case .outputIsFolder(let path):
      "\(path) is a folder, and takes no single panel. Name a file with -o."
    }
  }
}
