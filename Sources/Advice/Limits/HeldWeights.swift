import Books

/// What a portfolio holds as fractions of its equity, as limits see it.
struct HeldWeights: Sendable {
  /// One symbol.
  struct Row: Sendable {
    var symbol: String
    var sector: String
    /// Column of the panel; nil for a symbol that it lacks.
    var column: Int?
    /// Below zero if short; NaN without a price or with no equity.
    var weight: Double
  }

  /// What is held.
  let rows: [Row]
  /// Money and what is held; NaN while something has no price.
  let equity: Double
  /// Part of equity in cash.
  let cash: Double
  /// Sum of the sizes of weights; infinite where something is held on no equity.
  let leverage: Double
  /// Why weights are unknown; empty if they are known.
  let reason: String

  init(_ holdings: Holdings, in book: Book, market: BookMarket) {
    rows = holdings.rows.map { row in
      Row(
        symbol: book.instruments[row.instrument].symbol, sector: market.sectors[row.instrument],
        column: market.columns[row.instrument], weight: holdings.weight(of: row))
    }
    equity = holdings.equity
    let unmarked = holdings.rows.filter(\.value.isNaN).map {
      book.instruments[$0.instrument].symbol
    }
    if !unmarked.isEmpty {
      reason = "no price or rate of \(unmarked.joined(separator: ", "))"
    } else if equity.isNaN {
      reason = "no rate of a currency in its wallets"
    } else if equity <= 0 {
      reason = rows.isEmpty && equity == 0 ? "no money" : "equity is not above zero"
    } else {
      reason = ""
    }
    cash = equity > 0 ? holdings.cash / equity : .nan
    let gross = holdings.rows.reduce(0) { $0 + $1.value.magnitude }
    leverage = gross == 0 ? 0 : equity > 0 ? gross / equity : equity <= 0 ? .infinity : .nan
  }

  /// Weights of symbols that are in the panel.
  var inPanel: (columns: [Int], weights: [Double]) {
    var (columns, weights): ([Int], [Double]) = ([], [])
    for row in rows {
      guard let column = row.column else { continue }
      columns.append(column)
      weights.append(row.weight)
    }
    return (columns, weights)
  }

  /// Sums of weights by sector, in the order of first mention.
  var sectors: [(name: String, weight: Double)] {
    var places: [String: Int] = [:]
    var sums: [(name: String, weight: Double)] = []
    for row in rows {
      if let place = places[row.sector] {
        sums[place].weight += row.weight
      } else {
        places[row.sector] = sums.count
        sums.append((row.sector, row.weight))
      }
    }
    return sums
  }
}
