import Market

/// JSON files of candles, as the interfaces of exchanges and vendors answer; plain or gzip.
///
/// Lists of lists, lists of objects, objects by date, one list a column, lists of pairs, or one value a line, wrapped or
/// not. Times, numbers and names are recognised as in CSV, and the same rules hold.
public enum JSONImporter: Importer {
  /// The name by which a user asks for it.
  public static let name = "json"
  /// One line about the format, for help.
  public static let summary = "JSON of candles, as exchanges and vendors answer, plain or gzip"

  /// Most bytes of one file: it is held in memory.
  static let bytesLimit = 1 << 30

  /// Reads files into one panel.
  public static func read(paths: [String], options: ImportOptions) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    try check(paths, options)
    var options = options
    options.delimiter = ","
    for path in paths where options.contents[path] == nil {
      options.contents[path] = try rows(path, options)
    }
    var result = try CSVImporter.read(paths: paths, options: options)
    for index in result.summary.recognised.indices {
      result.summary.recognised[index].delimiter = "JSON"
      result.summary.recognised[index].skippedLines = 0
    }
    return result
  }

  /// Refuses options that say how CSV is written.
  private static func check(_ paths: [String], _ options: ImportOptions) throws(ImportError) {
    let reason = "is for CSV, and \(paths.first ?? "the file") is JSON"
    if let delimiter = options.delimiter {
      throw .badOption(option: "--delimiter", value: "\(delimiter)", reason: reason)
    }
    if let encoding = options.encoding {
      throw .badOption(option: "--encoding", value: encoding, reason: reason)
    }
    if let lines = options.skippedLines {
      throw .badOption(option: "--skip-lines", value: "\(lines)", reason: reason)
    }
    if options.hasHeader == false {
      throw .badOption(option: "--no-header", value: "", reason: reason)
    }
  }

  /// Whether a file is JSON, by its first byte that is no space; a pipe, which is not looked into, counts as none.
  static func recognises(_ path: String, options: ImportOptions) throws(ImportError) -> Bool {
    if ByteSources.isPipe(path) { return false }
    let source = HeadedSource(try ByteSources.open(path, options: options))
    var head = try source.peek(256)[...]
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = head.dropFirst(3) }
    guard let first = head.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      return false
    }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// The candles of a file as lines of CSV.
  private static func rows(_ path: String, _ options: ImportOptions) throws(ImportError) -> [UInt8]
  {
    let bytes = try all(path, options)
    if bytes.isEmpty { throw .empty(path: path) }
    let outcome = bytes.withUnsafeBufferPointer { text -> Result<[UInt8], JSONScanner.Fault> in
      Result { () throws(JSONScanner.Fault) in
        let tables = try JSONTables(text)
        if tables.found.isEmpty {
          throw JSONScanner.Fault(
            at: 0,
            reason: "there are no candles: neither lists of lists, nor objects with a time, "
              + "nor one list a column")
        }
        return try JSONRows(text, tables, keepsSymbols: options.symbol == .column).text
      }
    }
    switch outcome {
    case .success(let text): return text
    case .failure(let fault):
      let before = bytes.prefix(fault.at)
      let line = before.count { $0 == 0x0A } + 1
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      throw .badJSON(path: path, line: line, column: fault.at - start + 1, reason: fault.reason)
    }
  }

  private static func all(_ path: String, _ options: ImportOptions) throws(ImportError) -> [UInt8] {
    let source = try ByteSources.open(path, options: options)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { room.deallocate() }
    var bytes: [UInt8] = []
    while case let got = try source.read(into: room), got > 0 {
      bytes.append(contentsOf: room.prefix(got))
      if bytes.count > bytesLimit {
        throw .badJSON(
          path: path, line: 1, column: 1,
          reason: "the file is longer than \(bytesLimit) bytes; split it, or turn it into CSV")
      }
    }
    let encoding = try HeadText.encoding(of: bytes, isWhole: true, path: path)
    return encoding == .utf8 ? bytes : HeadText.decode(bytes, encoding)
  }
}
