import Books
import Interchange
import Kernels
import Storage

extension ChallengeEntries {
  static func table(_ path: String, _ session: ChallengeSession) throws -> [Participant] {
    let file = try SideFileError.telling(.entries) { () throws(ImportError) in
      try EntryFile.read(path, participant: stem(path))
    }
    let columns = file.symbols.map { session.column(of: $0) }
    let kind: Participant.Kind = file.weights.isEmpty ? .transactions : .weights
    var found = file.participants.map {
      Participant(kind: kind, entry: ChallengeEntry(participant: $0), file: path)
    }
    var counts = [Int](repeating: 0, count: found.count)
    for trade in file.trades { counts[Int(trade.participant)] += 1 }
    for row in found.indices { found[row].entry.orders.reserveCapacity(counts[row]) }
    for flaw in file.flaws {
      found[Int(flaw.participant)].entry.flaws.append(
        ChallengeBreach(.unreadable, timeNs: flaw.timeNs, line: Int(flaw.line), flaw.reason))
    }
    func unknown(_ symbol: Int32, _ timeNs: Int64, _ line: Int32) -> ChallengeBreach {
      let name = file.symbols[Int(symbol)]
      return ChallengeBreach(
        .unknownSymbol, timeNs: timeNs, line: Int(line),
        "the challenge has no symbol '\(name)'."
          + didYouMean(nearestName(to: name, among: session.symbols)))
    }
    for trade in file.trades {
      guard let column = columns[Int(trade.symbol)] else {
        found[Int(trade.participant)].entry.flaws.append(
          unknown(trade.symbol, trade.timeNs, trade.line))
        continue
      }
      found[Int(trade.participant)].entry.orders.append(
        .init(
          timeNs: trade.timeNs, column: column, units: trade.units, price: trade.price,
          line: Int(trade.line)))
    }
    // Weights of one time are one target.
    let weights = file.weights.sorted {
      ($0.participant, $0.timeNs, $0.symbol) < ($1.participant, $1.timeNs, $1.symbol)
    }
    var start = 0
    while start < weights.count {
      var end = start
      while end < weights.count, weights[end].participant == weights[start].participant,
        weights[end].timeNs == weights[start].timeNs
      { end += 1 }
      let row = Int(weights[start].participant)
      var cells: [(column: Int, weight: Double)] = []
      for place in start..<end {
        let cell = weights[place]
        if place > start, weights[place - 1].symbol == cell.symbol {
          found[row].entry.flaws.append(
            ChallengeBreach(
              .unreadable, timeNs: cell.timeNs, line: Int(cell.line),
              "\(file.symbols[Int(cell.symbol)]) has a weight at that time already"))
        } else if file.isWide, cell.line != weights[start].line {
          found[row].entry.flaws.append(
            ChallengeBreach(
              .unreadable, timeNs: cell.timeNs, line: Int(max(cell.line, weights[start].line)),
              "another row has the weights of that time"))
        } else if let column = columns[Int(cell.symbol)] {
          cells.append((column, cell.weight))
        } else {
          found[row].entry.flaws.append(unknown(cell.symbol, cell.timeNs, cell.line))
        }
      }
      cells.sort { $0.column < $1.column }
      found[row].entry.targets.append(
        .init(
          timeNs: weights[start].timeNs, columns: cells.map(\.column),
          weights: cells.map(\.weight), line: Int(weights[start].line)))
      start = end
    }
    return found
  }

  /// A table of dates × symbols in HDF5, whose rows are called by their dates.
  static func stored(_ path: String, _ session: ChallengeSession) throws -> Participant {
    let file = try StoredWeights(path)
    var participant = Participant(
      kind: .weights, entry: ChallengeEntry(participant: stem(path)), file: path)
    let names = file.symbols ?? session.symbols
    guard names.count == file.columnCount else {
      throw StorageError.weightsMisshapen(
        path: path, part: file.dataset,
        reason: "it has \(file.columnCount) columns and no names for them; the challenge has "
          + "\(session.symbols.count) symbols")
    }
    let columns = names.map { session.column(of: $0) }
    var values = [Double](repeating: 0, count: file.columnCount)
    var times: Set<Int64> = []
    let count = TimeCount(file.nameUnits)
    for row in 0..<file.portfolioCount {
      let name = file.name(row)
      guard let time = Int64(name).flatMap(count.instant) ?? EntryFile.instant(name) else {
        participant.entry.flaws.append(
          ChallengeBreach(
            .unreadable, line: row + 1,
            "row \(row + 1) is called '\(name.prefix(40))', which is no date"))
        continue
      }
      guard times.insert(time).inserted else {
        participant.entry.flaws.append(
          ChallengeBreach(
            .unreadable, timeNs: time, line: row + 1, "another row has the weights of that time"))
        continue
      }
      try values.withUnsafeMutableBufferPointer { buffer throws(StorageError) in
        if let base = buffer.baseAddress { try file.read(row..<row + 1, into: base) }
      }
      var cells: [(column: Int, weight: Double)] = []
      for (place, weight) in values.enumerated() where !weight.isNaN && weight != 0 {
        if let column = columns[place] {
          cells.append((column, weight))
        } else {
          participant.entry.flaws.append(
            ChallengeBreach(
              .unknownSymbol, timeNs: time, line: row + 1,
              "the challenge has no symbol '\(names[place])'"))
        }
      }
      cells.sort { $0.column < $1.column }
      participant.entry.targets.append(
        .init(
          timeNs: time, columns: cells.map(\.column), weights: cells.map(\.weight), line: row + 1))
    }
    return participant
  }
}

/// What whole numbers in place of times count, as xarray and netCDF say it: `days since 2017-01-03`.
private struct TimeCount {
  private var unitNs: Int64 = 1
  private var startNs: Int64 = 0
  private var isKnown = false

  private static let units: [(name: String, ns: Int64)] = [
    ("days", 86_400_000_000_000), ("hours", 3_600_000_000_000), ("minutes", 60_000_000_000),
    ("seconds", 1_000_000_000), ("milliseconds", 1_000_000), ("microseconds", 1000),
    ("nanoseconds", 1),
  ]

  init(_ text: String?) {
    guard let words = text?.split(separator: " ", maxSplits: 2), words.count == 3,
      words[1] == "since", let unit = Self.units.first(where: { $0.name == words[0] }),
      let start = EntryFile.instant(String(words[2]))
    else { return }
    (unitNs, startNs, isKnown) = (unit.ns, start, true)
  }

  /// Nanoseconds UTC; nil beyond what those reach, and for numbers that may be anything.
  func instant(_ count: Int64) -> Int64? {
    guard isKnown || count.magnitude > 1_000_000_000_000_000 else { return nil }
    let (length, isLong) = count.multipliedReportingOverflow(by: unitNs)
    let (instant, isLate) = startNs.addingReportingOverflow(length)
    return isLong || isLate ? nil : instant
  }
}
