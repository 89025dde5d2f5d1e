/// The corporate actions of a store: in order of time, then symbol, then kind, each once.
public struct CorporateActions: Sendable, Equatable {
  /// The actions, in order.
  public let rows: [CorporateAction]

  /// No actions.
  public static let none = CorporateActions()

  private init() { rows = [] }

  /// Takes actions in any order.
  ///
  /// - Parameters:
  ///   - rows: the actions.
  ///   - symbolCount: length of the symbol table that they point into.
  /// - Throws: `MarketError.invalidAction` for a value outside its range, and for two of one symbol, time and kind.
  public init(_ rows: [CorporateAction], symbolCount: Int) throws(MarketError) {
    let sorted = rows.sorted { $0.key < $1.key }
    for (row, action) in sorted.enumerated() {
      var fault = action.fault(symbolCount: symbolCount)
      if row > 0, sorted[row - 1].key == action.key { fault = fault ?? .repeated }
      if let fault { throw .invalidAction(action, fault: fault) }
    }
    self.rows = sorted
  }

  /// Whether there are none.
  public var isEmpty: Bool { rows.isEmpty }
  /// Number of actions.
  public var count: Int { rows.count }

  /// The actions with the symbols by name.
  public func named(by symbols: SymbolTable) -> [NamedAction] {
    rows.map { row in
      NamedAction(
        symbol: symbols[row.symbol].symbol, timeNs: row.timeNs, kind: row.kind,
        value: row.kind == .rename ? 0 : row.value, factor: row.factor,
        becomes: row.kind == .rename ? symbols[Int(row.value)].symbol : "")
    }
  }
}

/// A corporate action whose symbols stand by name, as files of others give it.
public struct NamedAction: Sendable, Equatable {
  /// Symbol, or for a rename the old ticker.
  public var symbol: String
  /// As `CorporateAction.timeNs`.
  public var timeNs: Int64
  /// What happened.
  public var kind: CorporateAction.Kind
  /// As `CorporateAction.value`; 0 for a rename.
  public var value: Double
  /// As `CorporateAction.factor`.
  public var factor: Double
  /// The new ticker of a rename; empty for others.
  public var becomes: String

  /// An action.
  public init(
    symbol: String, timeNs: Int64, kind: CorporateAction.Kind, value: Double = 0,
    factor: Double = .nan, becomes: String = ""
  ) {
    self.symbol = symbol
    self.timeNs = timeNs
    self.kind = kind
    self.value = value
    self.factor = factor
    self.becomes = becomes
  }

  /// Equal bit by bit, so that an unknown factor equals another.
  public static func == (left: Self, right: Self) -> Bool {
    left.key == right.key && left.becomes == right.becomes
      && left.value.bitPattern == right.value.bitPattern
      && (left.factor == right.factor || left.factor.isNaN && right.factor.isNaN)
  }

  /// What no two actions of a table share.
  public struct Key: Hashable, Sendable {
    let symbol: String
    let timeNs: Int64
    let kind: CorporateAction.Kind
  }

  /// What no two actions of a table share.
  public var key: Key { Key(symbol: symbol, timeNs: timeNs, kind: kind) }
}

extension CorporateActions {
  /// Takes actions by name.
  ///
  /// - Throws: `MarketError.invalidAction`; for a symbol that the table lacks, too.
  public init(_ actions: [NamedAction], symbols: SymbolTable) throws(MarketError) {
    try self.init(
      actions.map { action in
        CorporateAction(
          symbol: symbols.index(of: action.symbol) ?? -1, timeNs: action.timeNs, kind: action.kind,
          value: action.kind == .rename
            ? Double(symbols.index(of: action.becomes) ?? -1) : action.value,
          factor: action.factor)
      }, symbolCount: symbols.count)
  }
}

/// What becomes of a table of actions when others are added.
public struct ActionMerge: Sendable {
  /// The table afterwards.
  public private(set) var actions: [NamedAction]
  /// Number of actions that the table did not have.
  public private(set) var added = 0
  /// Number of actions that it had already.
  public private(set) var known = 0
  /// Actions that it had with another value: before and after.
  public private(set) var changed: [(old: NamedAction, new: NamedAction)] = []

  /// Adds actions; where the table has one of the same symbol, time and kind, the new one takes its place.
  ///
  /// A return of 0 after a delisting is one that is not known: it gives way to another, before or after it.
  public init(_ old: [NamedAction], adding new: [NamedAction]) {
    actions = old
    var places = Dictionary(
      old.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    for action in new {
      guard let place = places[action.key] else {
        places[action.key] = actions.count
        actions.append(action)
        added += 1
        continue
      }
      // A delisting without a known return says less than one with it, and doesn't contradict it.
      let isDelisting = action.kind == .delist
      if actions[place] == action || isDelisting && action.value == 0 {
        known += 1
      } else if isDelisting && actions[place].value == 0 {
        actions[place] = action
        added += 1
      } else {
        changed.append((actions[place], action))
        actions[place] = action
      }
    }
  }
}

extension NamedAction {
  /// The symbols that it names.
  public var symbols: [String] { kind == .rename ? [symbol, becomes] : [symbol] }
}
