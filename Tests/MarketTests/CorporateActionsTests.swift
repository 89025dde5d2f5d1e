import Market
import Testing

@Suite struct CorporateActionsTests {
  private static func action(
    _ kind: CorporateAction.Kind, _ value: Double, symbol: Int = 0, day: Int64 = 1,
    factor: Double = .nan
  ) -> CorporateAction {
    CorporateAction(
      symbol: symbol, timeNs: day * Calendar.dayNs, kind: kind, value: value, factor: factor)
  }

  @Test func rowsAreInOrderOfTimeSymbolAndKind() throws {
    let rows = [
      Self.action(.delist, 0, symbol: 1, day: 3), Self.action(.dividend, 1, day: 2),
      Self.action(.split, 2, day: 2), Self.action(.rename, 1, day: 1),
      Self.action(.dividend, 1, symbol: 1, day: 1),
    ]
    let table = try CorporateActions(rows, symbolCount: 2)
    #expect(table.rows == [rows[3], rows[4], rows[2], rows[1], rows[0]])
    #expect(try CorporateActions(rows.reversed(), symbolCount: 2) == table)
  }

  @Test(arguments: [
    (action(.split, 0), MarketError.ActionFault.ratio), (action(.split, -2), .ratio),
    (action(.split, .nan), .ratio), (action(.split, .infinity), .ratio),
    (action(.dividend, -0.1), .cash), (action(.dividend, .nan), .cash),
    (action(.rename, 0), .ticker), (action(.rename, 2), .ticker), (action(.rename, 0.5), .ticker),
    (action(.rename, -1), .ticker), (action(.delist, -1.1), .delistingReturn),
    (action(.delist, .infinity), .delistingReturn), (action(.split, 2, symbol: 2), .symbol),
    (action(.split, 2, symbol: -1), .symbol), (action(.split, 2, day: 106_651), .time),
    (action(.split, 2, day: -106_651), .time), (action(.split, 2, factor: 0), .factor),
    (action(.dividend, 1, factor: -1), .factor), (action(.delist, 0, factor: 1), .factor),
  ])
  func refuses(action: CorporateAction, fault: MarketError.ActionFault) {
    do {
      _ = try CorporateActions([action], symbolCount: 2)
      Issue.record("it was taken")
    } catch {
      guard case .invalidAction(_, let found) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found == fault)
      #expect("\(error)".hasPrefix("the \(action.kind.rawValue) of symbol \(action.symbol)"))
    }
  }

  @Test func oneOfAKindADay() {
    let twice = [Self.action(.dividend, 1), Self.action(.dividend, 2)]
    #expect(throws: MarketError.invalidAction(twice[1], fault: .repeated)) {
      try CorporateActions(twice, symbolCount: 1)
    }
    #expect(throws: Never.self) {
      try CorporateActions([twice[0], Self.action(.split, 2)], symbolCount: 1)
    }
  }

  @Test func namesAndBack() throws {
    let symbols = SymbolTable([.init(symbol: "FB"), .init(symbol: "META")])
    let rows = [Self.action(.rename, 1), Self.action(.split, 3, symbol: 1, day: 4, factor: 0.3333)]
    let table = try CorporateActions(rows, symbolCount: 2)
    let named = table.named(by: symbols)
    #expect(
      named[0] == NamedAction(symbol: "FB", timeNs: Calendar.dayNs, kind: .rename, becomes: "META"))
    #expect(try CorporateActions(named, symbols: symbols) == table)
    let other = SymbolTable([.init(symbol: "META"), .init(symbol: "X"), .init(symbol: "FB")])
    #expect(try CorporateActions(named, symbols: other).named(by: other) == named)
    #expect(throws: MarketError.self) {
      try CorporateActions(named, symbols: SymbolTable([.init(symbol: "FB")]))
    }
  }

  @Test func mergesByWhatTheyAre() {
    func dividend(_ value: Double, day: Int64) -> NamedAction {
      NamedAction(symbol: "A", timeNs: day, kind: .dividend, value: value)
    }
    let merge = ActionMerge(
      [dividend(1, day: 1), dividend(2, day: 2)],
      adding: [dividend(1, day: 1), dividend(3, day: 2), dividend(4, day: 3)])
    #expect(merge.actions.map(\.value) == [1, 3, 4])
    #expect(merge.added == 1 && merge.known == 1 && merge.changed.count == 1)
    #expect(merge.changed[0].old.value == 2 && merge.changed[0].new.value == 3)
  }

  @Test func aDelistingReturnOfZeroIsUnknown() {
    let known = NamedAction(symbol: "A", timeNs: 1, kind: .delist, value: -0.3)
    let unknown = NamedAction(symbol: "A", timeNs: 1, kind: .delist)
    for merge in [ActionMerge([known], adding: [unknown]), ActionMerge([unknown], adding: [known])]
    {
      #expect(merge.actions == [known] && merge.changed.isEmpty)
    }
  }

  @Test(arguments: [
    ("close", FieldScale.price), ("bid", .price), ("ask_close", .price), ("vwap", .price),
    ("typical_price", .price), ("adj_close", .fixed), ("close_adjusted", .fixed),
    ("volume", .shares), ("bid_size", .shares), ("shares_outstanding", .shares),
    ("quote_volume", .fixed), ("dollar_volume", .fixed), ("market_cap", .fixed), ("trades", .fixed),
    ("open_interest", .fixed), ("sentiment", .fixed), ("", .fixed),
  ])
  func fieldsByTheirNames(name: String, scale: FieldScale) {
    #expect(FieldScale(field: name) == scale)
  }
}
