import Books
import Market
import Storage

extension BookAsset {
  func holders(_ instrument: Int, _ bars: Range<Int>) throws -> [ResultGroup] {
    let (book, market) = (session.book, session.market)
    let concerned = portfolios.filter { portfolio in
      book.entries.range(of: portfolio).contains {
        book.entries.instrument[$0] == instrument && book.entries.timeNs[$0] < asOf
      }
    }
    let found = try concerned.map {
      try Holdings(of: $0, in: book, market: market, asOf: asOf)
    }
    let rows = found.map { holdings in holdings.rows.first { $0.instrument == instrument } }
    let positions = found.map { $0.ledger.position(instrument) }
    let currencies = found.map { book.portfolios[$0.portfolio].currency.uppercased() }
    let base = BookParts.currency(of: concerned, book)
    let rates = found.indices.map { place in
      market.rate(
        from: market.currencies[instrument], to: currencies[place], at: found[place].bar)
    }
    let holder = "portfolio"
    func money(_ name: String, _ definition: String, _ body: (Int) -> Double)
      -> ResultGroup.Variable
    {
      .init(name, [holder], found.indices.map(body), unit: "currency", definition: definition)
    }
    func gain(_ part: KeyPath<Position, Double>) -> (Int) -> Double {
      { place in (positions[place]?[keyPath: part] ?? 0) * rates[place] }
    }
    let table = ResultGroup(
      "holders", title: "Who holds it, or did",
      dimensions: [
        .init(holder, .texts(found.map { book.portfolios[$0.portfolio].id }))
      ],
      variables: [
        .init(
          "client", [holder],
          .texts(found.map { book.clients[book.portfolios[$0.portfolio].client].id })),
        .init("currency", [holder], .texts(currencies)),
        .init("units", [holder], rows.map { $0?.units ?? 0 }, unit: "ratio"),
        money("value", "units × last close, in the portfolio's currency") {
          rows[$0]?.value ?? 0
        },
        .init(
          "share", [holder],
          found.indices.map { place in rows[place].map { found[place].weight(of: $0) } ?? 0 },
          unit: "fraction", definition: "of the portfolio's equity"),
        money("cost", "by lots, first in first out") { rows[$0]?.cost ?? 0 },
        money("unrealised", "value - cost") { rows[$0]?.unrealised ?? 0 },
        money("realised", "of what was sold, by lots", gain(\.realised)),
        money("income", "dividends less fees of the symbol", gain(\.income)),
        .init(
          "buys", [holder], positions.map { Double($0?.buys ?? 0) }, unit: "count"),
        .init(
          "sells", [holder], positions.map { Double($0?.sells ?? 0) }, unit: "count"),
      ])
    func total(_ body: (Int) -> Double) -> Double {
      found.indices.reduce(0) { sum, place in
        sum + body(place) * market.rate(from: currencies[place], to: base, at: found[place].bar)
      }
    }
    func single(_ name: String, _ value: Double, unit: String = "currency")
      -> ResultGroup.Variable
    { .init(name, [], [value], unit: unit) }
    let value = total { rows[$0]?.value ?? 0 }
    let totals = ResultGroup(
      "book_totals", title: "In the whole book", dimensions: [],
      variables: [
        .init("currency", [], .texts([base])),
        single("holders", Double(rows.count { $0 != nil }), unit: "count"),
        single("units", rows.reduce(0) { $0 + ($1?.units ?? 0) }, unit: "ratio"),
        single("value", value),
        single("share_of_holders", value / total { found[$0].equity }, unit: "fraction"),
        single("unrealised", total { rows[$0]?.unrealised ?? 0 }),
        single("realised", total(gain(\.realised))), single("income", total(gain(\.income))),
        single("fees", total(gain(\.fees))),
      ])
    return [table, totals]
  }
}
