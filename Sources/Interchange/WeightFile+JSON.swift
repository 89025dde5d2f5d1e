extension WeightFile {
  /// Longest JSON text, in bytes; larger tables have a better home in HDF5.
  private static let textLimit = 1 << 30

  /// Reads `{ NAME: { AAPL: 0.5, … }, … }`, one portfolio as `{ AAPL: 0.5, … }`, or a list of rows as in CSV.
  static func readJSON(_ source: HeadSource, _ path: String) throws(ImportError) -> WeightFile {
    let bytes = try source.rest(limit: textLimit, path: path)
    let outcome = bytes.withUnsafeBufferPointer { text -> Result<WeightFile, any Error> in
      Result {
        var file = WeightFile()
        try file.read(JSONScanner(text))
        return file
      }
    }
    do {
      var file = try outcome.get()
      if file.cells.isEmpty { throw ImportError.nothingToImport(path: path) }
      file.settle()
      return file
    } catch let fault as JSONScanner.Fault {
      let before = bytes.prefix(fault.at)
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      throw .badJSON(
        path: path, line: before.count { $0 == 0x0A } + 1, column: fault.at - start + 1,
        reason: fault.reason)
    } catch let error as ImportError {
      throw error
    } catch {
      throw .badSymbolFile(path: path, reason: "\(error)")
    }
  }

  private mutating func read(_ scanner: JSONScanner) throws {
    var scanner = scanner
    scanner.skipSpaces()
    if try scanner.kind() == .array {
      try readRows(&scanner)
    } else {
      try readObject(&scanner)
    }
    scanner.skipSpaces()
    guard scanner.at == scanner.bytes.count else {
      throw scanner.fault("something follows behind the end")
    }
  }

  private mutating func readObject(_ scanner: inout JSONScanner) throws {
    scanner.open()
    var isFirst = true
    var isFlat: Bool?
    while try scanner.more("}", isFirst: isFirst) {
      isFirst = false
      let start = scanner.at
      let key = try scanner.key()
      let isWeight = try scanner.kind() != .object
      if isFlat != nil, isFlat != isWeight {
        throw scanner.fault("weights and portfolios stand side by side", at: start)
      }
      isFlat = isWeight
      if isWeight {
        try take(&scanner, place(of: "portfolio"), key, start)
        continue
      }
      guard !key.isEmpty, places[key] == nil else {
        throw scanner.fault(
          key.isEmpty ? "a portfolio has no name" : "\(key) stands there already", at: start)
      }
      let row = place(of: key)
      scanner.open()
      var isFirstWeight = true
      while try scanner.more("}", isFirst: isFirstWeight) {
        isFirstWeight = false
        let place = scanner.at
        try take(&scanner, row, try scanner.key(), place)
      }
    }
  }

  private mutating func readRows(_ scanner: inout JSONScanner) throws {
    scanner.open()
    var isFirst = true
    var number = 0
    while try scanner.more("]", isFirst: isFirst) {
      isFirst = false
      number += 1
      guard try scanner.kind() == .object else {
        throw scanner.fault("an object such as {\"portfolio\": \"a\", \"AAPL\": 0.5} is expected")
      }
      let start = scanner.at
      var (name, symbol): (String?, String?) = (nil, nil)
      var entries: [(key: String, at: Int)] = []
      scanner.open()
      var isFirstMember = true
      while try scanner.more("}", isFirst: isFirstMember) {
        isFirstMember = false
        let key = try scanner.key()
        switch (ColumnName.canonical(key), try scanner.kind()) {
        case ("portfolio", _), ("name", .string): name = try text(&scanner)
        case ("symbol", .string), ("ticker", .string): symbol = try text(&scanner)
        default:
          entries.append((key, scanner.at))
          try scanner.skip(depth: 2)
        }
      }
      let end = scanner.at
      if let symbol {
        guard let weight = entries.first(where: { ColumnName.canonical($0.key) == "weight" }) else {
          throw scanner.fault("a row of \(symbol) has no weight", at: start)
        }
        let row = place(of: name ?? "portfolio")
        scanner.at = weight.at
        try take(&scanner, row, symbol, start)
      } else {
        let name = name ?? "\(number)"
        guard places[name] == nil else {
          throw scanner.fault("\(name) stands there already", at: start)
        }
        let row = place(of: name)
        for entry in entries {
          scanner.at = entry.at
          try take(&scanner, row, entry.key, entry.at)
        }
      }
      scanner.at = end
    }
  }

  /// A text, or a number as its digits.
  private func text(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) -> String {
    if try scanner.kind() == .string {
      return JSONScanner.text(scanner.bytes, try scanner.string())
    }
    guard try scanner.kind() == .number else {
      throw scanner.fault("a name in quotes is expected")
    }
    return String(decoding: scanner.bytes[try scanner.atom()], as: UTF8.self)
  }

  /// Takes the weight that stands next.
  private mutating func take(
    _ scanner: inout JSONScanner, _ row: Int, _ symbol: String, _ start: Int
  ) throws {
    guard !symbol.isEmpty else { throw scanner.fault("a symbol has no name", at: start) }
    let kind = try scanner.kind()
    guard kind == .number || kind == .word else {
      throw scanner.fault("a weight such as 0.25 is expected for \(symbol)")
    }
    let place = scanner.at
    let atom = UnsafeBufferPointer(rebasing: scanner.bytes[try scanner.atom()])
    if atom.elementsEqual("null".utf8) { return }
    let (outcome, value) = NumberParser.parse(atom)
    guard kind == .number, case .number = outcome, value.isFinite else {
      throw scanner.fault(
        "'\(String(decoding: atom.prefix(40), as: UTF8.self))' is not a weight", at: place)
    }
    let column = column(of: symbol)
    guard known.insert(row * Self.sizeLimit + column).inserted else {
      throw scanner.fault("\(symbol) has a weight there already", at: start)
    }
    cells.append((row, column, value))
    try checkSize()
  }
}
