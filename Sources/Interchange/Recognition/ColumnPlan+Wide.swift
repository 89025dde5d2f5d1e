extension ColumnPlan {
  /// Takes a column a symbol, where there is neither a symbol nor a price by name.
  mutating func takeWide() throws(ImportError) -> Bool {
    guard symbolInRow, time != nil, !meanings.contains("symbol"), !meanings.contains("close")
    else { return false }
    if let symbols = form.symbolsOfColumns {
      takeFieldOfSymbols(symbols)
      return true
    }
    let letters = ColumnAliases.hasLetters(canonical)
    let known = canonical.indices.filter { !taken[$0] }.compactMap {
      ColumnAliases.meaning(of: canonical[$0], withLetters: letters)
    }
    if known.contains("symbol") || canonical.contains(where: Self.isQuote) { return false }
    if options.field == nil,
      !meanings.isDisjoint(with: Self.prices) || !Set(known).isDisjoint(with: Self.prices)
    {
      return false
    }
    let columns = names.indices.filter { index in
      !taken[index] && !names[index].isEmpty && !isArtefact(index) && !isMostly(index, .text)
        && !isMostly(index, .time)
    }
    guard !columns.isEmpty else { return false }
    let field = ColumnName.field(ColumnName.canonical(options.field ?? "close"))
    try refuseNegative(columns, field)
    layout = .wide(field: field)
    for index in columns {
      roles[index] = .symbolColumn(names[index])
      taken[index] = true
    }
    notes.append(
      "there is no column of symbols, so each of the \(columns.count) columns is taken as the \(field) of a symbol"
    )
    return true
  }

  /// Whether a name is that of a bid or an ask, of which a symbol has both.
  private static func isQuote(_ name: String) -> Bool {
    ["bid", "ask"].contains { name == $0 || name.hasPrefix($0 + "_") }
  }

  /// Refuses closes below zero: returns and factors come in the same form, and are fields or of another name.
  private func refuseNegative(_ columns: [Int], _ field: String) throws(ImportError) {
    guard options.field == nil, Self.prices.contains(field), !options.allowsNegativePrices
    else { return }
    for column in columns {
      var filled = 0
      var negative: [String] = []
      for row in form.rows.prefix(200) {
        let record = form.table.records[row]
        let text = form.table.string(record, column)
        if text.isEmpty || options.missing.contains(text) { continue }
        filled += 1
        if text.hasPrefix("-"), text.count > 1 { negative.append(text) }
      }
      if negative.count * 10 >= filled, let first = negative.first {
        throw .wideUnclear(path: path, column: names[column], found: first, field: field)
      }
    }
  }

  /// Takes one field of the symbols above the header.
  private mutating func takeFieldOfSymbols(_ symbols: [String]) {
    let field = ColumnName.canonical(options.field ?? "close")
    layout = .wide(field: ColumnName.field(field))
    for index in names.indices where !taken[index] {
      let meaning =
        ColumnAliases.meaning(of: canonical[index], withLetters: false) ?? canonical[index]
      if meaning == field, index < symbols.count, !symbols[index].isEmpty {
        roles[index] = .symbolColumn(symbols[index])
      } else {
        reasons[index] = "the field is \(field); ask for another with --field"
      }
      taken[index] = true
    }
  }

  /// The numbers of rows that table programs write in front.
  func isArtefact(_ index: Int) -> Bool {
    canonical[index].hasPrefix("unnamed_") || canonical[index] == "per"
      || canonical[index] == "index"
  }
}
