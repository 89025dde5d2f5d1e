import Market

/// Tells the dialect of a file from its head and the options.
///
/// Whatever can be read in two ways is an error that names the flag which decides; nothing is guessed.
enum DialectSniffer {
  /// Bytes of a file, unpacked, that are looked at.
  static let headBytes = 32 << 10

  /// Tells the dialect.
  ///
  /// - Parameters:
  ///   - head: first bytes of the file, unpacked, as they stand.
  ///   - isWhole: whether the head is all of the file.
  ///   - path: the file, for messages, and for the days that LEAN writes into names.
  ///   - whole: the same file, to be read again when the head leaves it open whether days or months come first;
  ///     nil for a source that cannot be read twice.
  static func sniff(
    head: [UInt8], isWhole: Bool, path: String, options: ImportOptions,
    whole: (any WholeColumns)? = nil
  ) throws(ImportError) -> Dialect {
    let encoding = try encoding(head, isWhole: isWhole, path: path, options)
    let text = HeadText.decode(head, encoding)
    let form = try HeaderSniffer(text, isWhole: isWhole, path: path, options: options)
    var plan = ColumnPlan(form, path: path, options: options)
    try plan.assign()

    var dialect = Dialect(header: plan.names, roles: plan.roles)
    dialect.encoding = encoding
    dialect.delimiter = form.delimiter
    dialect.comment = form.comment
    dialect.skippedLines = form.skippedLines
    dialect.hasHeader = form.isPlainHeader && form.header != nil
    dialect.layout = plan.layout
    dialect.reasons = plan.reasons
    dialect.symbol = options.symbol == .column ? plan.symbol : nil
    dialect.notes = plan.notes
    if let lean = plan.lean, options.hasLEANPrices != false {
      dialect.priceDivisor = lean.divisor
      if lean.divisor != 1 {
        dialect.notes.append("prices are ten-thousandths, as LEAN writes those of shares")
      }
    }
    if options.hasLEANPrices == true { dialect.priceDivisor = 10_000 }
    dialect.numbers = try NumberSniffer.style(
      form.table, rows: form.rows, columns: plan.numberColumns, header: plan.names, path: path,
      options: options)
    guard let time = plan.time else { return dialect }
    if let day = plan.lean?.day, options.dateFormat == nil {
      dialect.time.format = .millisecondsOfDay(day: day)
      if let zone = options.timeZone { dialect.time.zone = try TimeSniffer.zone(zone) }
      dialect.time.fold = options.fold
    } else {
      var notes = dialect.notes
      dialect.time = try TimeSniffer.style(
        form.table, rows: form.rows, columns: time, path: path, options: options, isWhole: isWhole,
        notes: &notes, whole: whole, dialect: dialect)
      dialect.notes = notes
    }
    dialect.order = order(form, plan, dialect)
    return dialect
  }

  private static func encoding(
    _ head: [UInt8], isWhole: Bool, path: String, _ options: ImportOptions
  ) throws(ImportError) -> Dialect.Encoding {
    guard let name = options.encoding else {
      return try HeadText.encoding(of: head, isWhole: isWhole, path: path)
    }
    guard let known = Dialect.Encoding(rawValue: name) else {
      throw .badOption(
        option: "--encoding", value: name,
        reason: "is not one of \(Dialect.Encoding.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return known
  }

  /// In which order times come, symbol by symbol.
  private static func order(_ form: HeaderSniffer, _ plan: ColumnPlan, _ dialect: Dialect)
    -> Dialect.Order
  {
    guard let time = plan.time else { return .oldestFirst }
    let symbol = dialect.roles.firstIndex(of: .symbol)
    var last: [String: Int64] = [:]
    var trend = TimeTrend()
    for record in form.rows.prefix(TimeTrend.sampleRows).map({ form.table.records[$0] }) {
      let outcome = form.table.with(record, time.date) { date in
        time.timeOfDay.map { column in
          form.table.with(record, column) { dialect.time.parse(date, $0) }
        } ?? dialect.time.parse(date)
      }
      guard case .instant(let instant) = outcome else { continue }
      let key = symbol.map { form.table.string(record, $0) } ?? ""
      if let before = last[key] { trend.add(instant, after: before) }
      last[key] = instant
    }
    return trend.order
  }
}
