extension ColumnPlan {
  mutating func takeAliases() throws(ImportError) {
    let letters = ColumnAliases.hasLetters(canonical)
    for (meaning, aliases) in ColumnAliases.all
    where !meanings.contains(meaning) && meaning != "time" {
      if meaning == "symbol", !symbolInRow { continue }
      let names =
        aliases
        + (letters ? ColumnAliases.letters.filter { $0.meaning == meaning }.map(\.name) : [])
      var alias = names.first { name in
        canonical.indices.contains { !taken[$0] && canonical[$0] == name }
      }
      if meaning == "volume", alias == nil || alias == "volume_usd" {
        alias = coinVolume() ?? alias
      }
      guard let alias else { continue }
      let found = canonical.indices.filter { !taken[$0] && canonical[$0] == alias }
      if found.count > 1 { throw .columnRepeated(path: path, column: self.names[found[1]]) }
      taken[found[0]] = true
      meanings.insert(meaning)
      roles[found[0]] = role(meaning)
    }
  }

  /// The volume in coins where a file has it in coins and in money, as `Volume BTC` and `Volume USDT`.
  private func coinVolume() -> String? {
    let money = ["usd", "usdt", "usdc", "busd", "eur", "quote", "from", "to"]
    return canonical.indices.first { index in
      !taken[index] && canonical[index].hasPrefix("volume_")
        && !money.contains(String(canonical[index].dropFirst(7)))
        && isMostly(index, .number)
    }.map { canonical[$0] }
  }

  func checkNeeds() throws(ImportError) {
    let hasPrices = !meanings.isDisjoint(with: Self.prices)
    for needed in ["time", "symbol", "close"] where !meanings.contains(needed) {
      if needed == "symbol", !symbolInRow { continue }
      // Quotes, factors and the like have fields of their own, and no close.
      if needed == "close", !hasPrices, misspeltClose == nil,
        names.indices.contains(where: { isFree($0) })
      {
        continue
      }
      let nearest = ColumnAliases.all.first { $0.meaning == needed }?.names
        .compactMap { ColumnName.nearest($0, in: names) }.first
      throw .columnMissing(path: path, column: needed, found: names, nearest: nearest)
    }
  }

  /// A column that is probably meant to be the close: all of its letters, or but one.
  private var misspeltClose: String? {
    names.indices.filter { !taken[$0] && isFree($0) }.map { names[$0] }.first { name in
      let letters = ColumnName.canonical(name)
      return letters.sorted() == "close".sorted() || ["clos", "closee", "cloce"].contains(letters)
    }
  }

  /// Whether a column that nothing claims may hold numbers, or was named by the options as a field.
  private func isFree(_ index: Int) -> Bool {
    if case .field = roles[index] { return true }
    return !taken[index] && !names[index].isEmpty && !isArtefact(index) && !isMostly(index, .text)
      && !isMostly(index, .time)
  }

  // MARK: Extras

  mutating func takeExtras() throws(ImportError) {
    var fields: Set<String> = []
    for role in roles { if case .field(let name) = role { fields.insert(name) } }
    var nameTaken = meanings.contains("name")
    let timeNames = ColumnAliases.all[0].names
    for index in roles.indices where !taken[index] && !canonical[index].isEmpty {
      let name = canonical[index]
      if name == "symbol" || name == "ticker" || name == "s" && symbolInRow {
        reasons[index] = symbolInRow ? "another column is the symbol" : "an option gives the symbol"
      } else if name == "name" {
        if nameTaken { reasons[index] = "another column is the name" } else { roles[index] = .name }
        nameTaken = true
      } else if name == "ignore" {
        reasons[index] = "its name says so"
      } else if isArtefact(index) {
        reasons[index] = name == "per" ? "it is the period" : "it numbers the rows"
      } else if timeNames.contains(name) || isMostly(index, .time) || isEpoch(index) {
        reasons[index] = "'\(time?.name ?? "")' is the time"
      } else if isMostly(index, .text) {
        reasons[index] = "its cells are text"
      } else {
        let field = ColumnName.field(name)
        guard fields.insert(field).inserted else {
          throw .columnRepeated(path: path, column: names[index])
        }
        guard fields.count <= Self.fieldLimit else {
          throw .tooManyFields(path: path, columns: names.count, limit: Self.fieldLimit)
        }
        roles[index] = .extra(field)
      }
    }
  }

  /// Whether a column named for a time holds counts since 1970.
  private func isEpoch(_ index: Int) -> Bool {
    guard canonical[index].hasSuffix("time") || canonical[index].hasPrefix("time") else {
      return false
    }
    return form.rows.prefix(20).allSatisfy { row in
      form.table.with(form.table.records[row], index) { bytes in
        var cursor = ByteCursor(bytes)
        return bytes.isEmpty || EpochUnit.wallTime(&cursor, nil) != nil
      }
    }
  }
}
