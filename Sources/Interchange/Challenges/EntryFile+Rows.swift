extension EntryFile {
  /// Whose row it is and of when; nil for one that is flawed.
  mutating func begin(
    _ reader: borrowing RecordReader, _ path: String, _ header: [String], _ known: EntryColumns
  ) throws(ImportError) -> (row: Int32, ns: Int64)? {
    var row: Int32 = 0
    if let participant = known.participant {
      func nobody(_ reason: String) -> ImportError {
        .badSymbolRow(path: path, line: reader.line, column: header[participant], reason: reason)
      }
      guard participant < reader.count else { throw nobody("the row ends before it") }
      switch place(of: reader[participant]) {
      case .found(let place): row = place
      case .unreadable: throw nobody("it is empty or no UTF-8 text, so the row is nobody's")
      case .control: throw nobody("it has control characters")
      case .tooLong: throw nobody("it is longer than 255 bytes")
      case .respelled(let name):
        throw nobody("'\(name)' stands in other characters before; write it in the same")
      }
    }
    guard reader.count == header.count, !reader.quotesBroken else {
      flaw(row, reader, nil, "\(reader.count) fields, where the header has \(header.count)")
      return nil
    }
    guard let ns = time(reader[known.time]) else {
      flaw(
        row, reader, nil,
        "'\(Self.shown(reader.text(known.time)))' is no time such as 2017-03-01, 2017-03-01T15:30Z or "
          + "2017-03-01T10:30-05:00")
      return nil
    }
    return (row, ns)
  }

  mutating func flaw(
    _ row: Int32, _ reader: borrowing RecordReader, _ timeNs: Int64?, _ reason: String
  ) {
    flaws.append(
      Flaw(participant: row, line: Int32(clamping: reader.line), timeNs: timeNs, reason: reason))
  }

  mutating func takeTrade(
    _ reader: borrowing RecordReader, _ row: Int32, _ ns: Int64, _ known: EntryColumns
  ) {
    guard let symbolColumn = known.symbol, let quantityColumn = known.quantity else { return }
    let (outcome, quantity) = NumberParser.parse(reader[quantityColumn])
    guard outcome == .number, quantity != 0 else {
      return flaw(
        row, reader, ns,
        "'\(Self.shown(reader.text(quantityColumn)))' is no quantity other than 0")
    }
    var units = quantity
    if let side = known.side {
      let text = reader.text(side).trimmingSpaces.lowercased()
      guard text == "buy" || text == "sell", quantity > 0 else {
        return flaw(
          row, reader, ns,
          text == "buy" || text == "sell"
            ? "a quantity of \(quantity) with a side; it has to be above 0"
            : "'\(Self.shown(text))' is neither buy nor sell")
      }
      if text == "sell" { units = -quantity }
    }
    var price = Double.nan
    if let column = known.price {
      let (outcome, value) = NumberParser.parse(reader[column])
      guard outcome == .empty || outcome == .number && value > 0 else {
        return flaw(
          row, reader, ns, "'\(Self.shown(reader.text(column)))' is no price above 0")
      }
      if outcome == .number { price = value }
    }
    guard let symbol = column(reader, symbolColumn, row, ns) else { return }
    trades.append(
      Trade(
        participant: row, symbol: symbol, line: Int32(clamping: reader.line), timeNs: ns,
        units: units, price: price))
  }

  mutating func takeWeight(
    _ reader: borrowing RecordReader, _ row: Int32, _ ns: Int64, _ known: EntryColumns
  ) {
    guard let symbolColumn = known.symbol, let weightColumn = known.weight,
      let symbol = column(reader, symbolColumn, row, ns)
    else { return }
    let (outcome, weight) = NumberParser.parse(reader[weightColumn])
    guard outcome == .number || outcome == .empty else {
      return flaw(
        row, reader, ns, "'\(Self.shown(reader.text(weightColumn)))' is no weight")
    }
    weights.append(
      Weight(
        participant: row, symbol: symbol, line: Int32(clamping: reader.line), timeNs: ns,
        weight: outcome == .empty ? 0 : weight))
  }

  mutating func readWide(
    _ reader: inout RecordReader, _ path: String, _ header: [String], _ known: EntryColumns
  ) throws(ImportError) {
    var places: [(field: Int, symbol: Int32)] = []
    for (field, name) in header.enumerated() where field != known.participant && field != known.time
    {
      guard !name.isEmpty, columns[name] == nil else {
        throw .badSymbolRow(
          path: path, line: 1, column: name.isEmpty ? "column \(field + 1)" : name,
          reason: name.isEmpty ? "it has no name" : "it stands there already")
      }
      places.append((field, column(of: name)))
    }
    while try reader.next() {
      try checkSize(path)
      guard let (row, ns) = try begin(reader, path, header, known) else { continue }
      let first = weights.count
      var isFlawed = false
      for (field, symbol) in places {
        let (outcome, weight) = NumberParser.parse(reader[field])
        guard outcome == .number || outcome == .empty else {
          flaw(
            row, reader, ns,
            "\(header[field]): '\(Self.shown(reader.text(field)))' is no weight")
          isFlawed = true
          break
        }
        if outcome == .number, weight != 0 {
          weights.append(
            Weight(
              participant: row, symbol: symbol, line: Int32(clamping: reader.line), timeNs: ns,
              weight: weight))
        }
      }
      if isFlawed { weights.removeLast(weights.count - first) }
      // A row of nothing but zeros still says to sell everything.
      if !isFlawed, weights.count == first, let place = places.first {
        weights.append(
          Weight(
            participant: row, symbol: place.symbol, line: Int32(clamping: reader.line), timeNs: ns,
            weight: 0))
      }
    }
  }
}
