import Books
import FoundationEssentials
import Glibc
import Interchange
import Kernels
import Market
import Storage

/// What participants handed in, read and looked up, in the order of their names.
public struct ChallengeEntries: Sendable {
  /// One participant.
  public struct Participant: Sendable {
    /// What it handed in.
    public enum Kind: String, Sendable {
      /// Purchases and sales.
      case transactions
      /// Weights by time.
      case weights
      /// A spec, run by the engine.
      case strategy
    }
    /// How it trades.
    public var kind: Kind
    /// Its trades, or what is wrong with its rows; of a strategy only the name.
    public var entry: ChallengeEntry
    /// The spec of a strategy.
    public var path: String?
    /// File that lines count in.
    public var file: String
  }

  /// In the order of their names, by bytes.
  public private(set) var participants: [Participant] = []
  /// SHA-256 of what all of them handed in, whatever the order of files and rows.
  public let sha256: String

  /// Reads files and folders.
  ///
  /// A folder has a file for each participant, or more of any form.
  ///
  /// - Throws: `ImportError`, `SpecError`, `StorageError` for a file that can't be read at all, and for a participant in several.
  public init(_ paths: [String], _ session: ChallengeSession) throws {
    var found: [Participant] = []
    for path in try paths.flatMap(Self.files) { found += try Self.read(path, session) }
    found.sort { $0.entry.participant.utf8.lexicographicallyPrecedes($1.entry.participant.utf8) }
    // Names that look the same are the same, whatever their bytes.
    var files: [String: String] = [:]
    for one in found {
      if let file = files.updateValue(one.file, forKey: one.entry.participant) {
        throw SpecError.value(
          path: "participant '\(one.entry.participant)'", line: 0,
          found: "it in \(file) and \(one.file)",
          expected: "each participant once: in one file, in one form")
      }
    }
    guard !found.isEmpty else {
      throw SpecError.nothingToRun(reason: "\(paths.joined(separator: ", ")): no entry was found")
    }
    participants = found
    var hash = SHA256()
    for participant in found { participant.update(&hash, session) }
    sha256 = hash.hexDigest()
  }

  /// A file by itself, or those of a folder by name; hidden ones are passed over.
  private static func files(_ path: String) throws -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw SpecError.unreadable(path: path, reason: "does not exist. Check the path")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let folder = path.hasSuffix("/") ? path : path + "/"
    return names.filter { !$0.hasPrefix(".") && form(of: $0) != nil }.sorted().map { folder + $0 }
  }

  private enum Form { case table, weights, spec }

  /// What a file is, by the end of its name.
  private static func form(of path: String) -> Form? {
    let name = path.lowercased()
    if name.hasSuffix(".json5") || name.hasSuffix(".json") { return .spec }
    if [".h5", ".hdf5", ".nc"].contains(where: name.hasSuffix) { return .weights }
    if [".csv", ".csv.gz", ".txt", ".tsv"].contains(where: name.hasSuffix) { return .table }
    return nil
  }

  /// Name of a file without its folder and endings.
  private static func stem(_ path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    for ending in [".gz", ".csv", ".json5", ".json", ".h5", ".hdf5", ".nc", ".txt", ".tsv"]
    where name.lowercased().hasSuffix(ending) {
      name = String(name.dropLast(ending.utf8.count))
    }
    return name
  }

  private static func read(_ path: String, _ session: ChallengeSession) throws -> [Participant] {
    switch form(of: path) ?? .table {
    case .spec:
      return [
        Participant(
          kind: .strategy, entry: ChallengeEntry(participant: stem(path)), path: path, file: path)
      ]
    case .weights: return [try stored(path, session)]
    case .table: return try table(path, session)
    }
  }

  private static func table(_ path: String, _ session: ChallengeSession) throws -> [Participant] {
    let file = try EntryFile.read(path, participant: stem(path))
    let columns = file.symbols.map { session.column(of: $0) }
    let kind: Participant.Kind = file.weights.isEmpty ? .transactions : .weights
    var found = file.participants.map {
      Participant(kind: kind, entry: ChallengeEntry(participant: $0), path: nil, file: path)
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
          + didYouMean(nearestName(to: name, among: session.symbols))
      )
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
  private static func stored(_ path: String, _ session: ChallengeSession) throws -> Participant {
    let file = try StoredWeights(path)
    var participant = Participant(
      kind: .weights, entry: ChallengeEntry(participant: stem(path)), path: nil, file: path)
    let names = file.symbols ?? session.symbols
    guard names.count == file.columnCount else {
      throw StorageError.weightsMisshapen(
        path: path, part: file.dataset,
        reason: "it has \(file.columnCount) columns and no names for them; the challenge has "
          + "\(session.symbols.count) symbols")
    }
    let columns = names.map { session.column(of: $0) }
    var values = [Double](repeating: 0, count: file.columnCount)
    for row in 0..<file.portfolioCount {
      let name = file.name(row)
      let wide = Int64(name).flatMap { $0.magnitude > 1_000_000_000_000_000 ? $0 : nil }
      guard let time = wide ?? (try? Timestamp.nanoseconds(parsing: name)) else {
        participant.entry.flaws.append(
          ChallengeBreach(
            .unreadable, line: row + 1,
            "row \(row + 1) is called '\(name.prefix(40))', which is no date"))
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

extension ChallengeEntries.Participant {
  /// Adds what was handed in, without lines and order of rows.
  fileprivate func update(_ hash: inout SHA256, _ session: ChallengeSession) {
    var text = "\(kind.rawValue) \(entry.participant)\n"
    for order in entry.ordersByTime {
      text +=
        "\(order.timeNs) \(order.column) \(order.units.bitPattern) \(order.price.bitPattern)\n"
    }
    for target in entry.targets.sorted(by: { $0.timeNs < $1.timeNs }) {
      text += "\(target.timeNs) \(target.columns) \(target.weights.map(\.bitPattern))\n"
    }
    for flaw in entry.flaws.map(\.text).sorted() { text += flaw + "\n" }
    if let path { text += (try? SpecFile.read(path)) ?? "" }
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
  }
}
