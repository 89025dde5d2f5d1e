/// Files without a header that can be told by the shape of their columns.
enum HeadlessShape {
  /// Names for the columns; nil if the shape is not known.
  static func names(_ table: HeadTable, rows: Range<Int>, path: String) -> (
    names: [String], note: String, lean: LEANShape?
  )? {
    let sample = Columns(table, rows.prefix(60))
    let width = sample.width
    guard width >= 2 else { return nil }
    if width == 12, sample.isEpoch(0), sample.isEpoch(6), sample.isPrices(1) {
      return (
        [
          "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume",
          "trades", "taker_buy_base_volume", "taker_buy_quote_volume", "ignore",
        ], "the columns are those of Binance klines", nil
      )
    }
    if width == 10, sample.isText(0), sample.isPrices(4), sample.isTime(2) {
      return (
        [
          "ticker", "per", "date", "time", "open", "high", "low", "close", "volume", "openint",
        ], "the columns are those of Stooq", nil
      )
    }
    if let lean = LEANShape(table, rows, sample, path: path) {
      return (lean.names, "the columns are those of LEAN", lean)
    }
    return plain(sample)
  }

  /// A time, perhaps a time of day and a symbol, and then prices in the customary order.
  private static func plain(_ sample: Columns) -> (names: [String], note: String, lean: LEANShape?)?
  {
    var names = [String](repeating: "", count: sample.width)
    var at = 0
    var hasTime = false
    var hasSymbol = false
    while at < min(3, sample.width) {
      if !hasTime, sample.isTime(at) || sample.isEpoch(at) {
        names[at] = "time"
        hasTime = true
        if at + 1 < sample.width, !sample.isEpoch(at), sample.isClock(at + 1) {
          names[at] = "date"
          names[at + 1] = "time"
          at += 1
        }
      } else if !hasSymbol, sample.isText(at) {
        names[at] = "symbol"
        hasSymbol = true
      } else {
        break
      }
      at += 1
    }
    let left = sample.width - at
    guard hasTime else { return nil }
    if left == 1 {
      guard sample.isNumber(at) else { return nil }
      names[at] = "close"
    } else {
      guard let order = sample.order(at), let rest = rest(sample, at + 4) else { return nil }
      names.replaceSubrange(at..., with: order + rest)
    }
    let known = names.joined(separator: ", ")
    return (names, "there is no header; by their shape the columns are \(known)", nil)
  }

  /// Names for what follows the prices: a volume, or what Kraken and KuCoin add.
  private static func rest(_ sample: Columns, _ at: Int) -> [String]? {
    let left = sample.width - at
    guard (0..<left).allSatisfy({ sample.isNumber(at + $0) }) else { return nil }
    switch left {
    case 0: return []
    case 1: return ["volume"]
    case 3 where sample.isBetween(at, high: at - 3, low: at - 2) && sample.isWhole(at + 2):
      return ["vwap", "volume", "trades"]
    default: return nil
    }
  }

  /// What the columns of some rows hold.
  struct Columns {
    let width: Int
    private let kinds: [[CellKind]]
    private let numbers: [[Double]]
    private let texts: [[String]]

    init(_ table: HeadTable, _ rows: some Collection<Int>) {
      let width = rows.first.map { table.records[$0].count } ?? 0
      self.width = width
      let records = rows.map { table.records[$0] }.filter { $0.count == width }
      kinds = (0..<width).map { column in
        records.map { table.with($0, column) { CellKind($0) } }
      }
      numbers = (0..<width).map { column in
        records.map { record in table.with(record, column) { NumberParser.parse($0).1 } }
      }
      texts = (0..<width).map { column in records.map { table.string($0, column) } }
    }

    func isNumber(_ column: Int) -> Bool {
      kinds[column].allSatisfy { $0 == .number || $0 == .empty } && kinds[column].contains(.number)
    }

    func isText(_ column: Int) -> Bool { kinds[column].allSatisfy { $0 == .text } }

    /// Dates in text, or eight digits that are a day.
    func isTime(_ column: Int) -> Bool {
      zip(kinds[column], texts[column]).allSatisfy { kind, text in
        kind == .time
          || kind == .number && text.utf8.count == 8
            && Array(text.utf8).withUnsafeBufferPointer { TimeFormat.iso.wallTime($0) != nil }
      }
    }

    func isEpoch(_ column: Int) -> Bool {
      zip(kinds[column], numbers[column]).allSatisfy { kind, value in
        kind == .number && value >= 0 && value < 9e18 && value == value.rounded()
          && EpochUnit.ofMagnitude(Int64(value)) != nil
      }
    }

    /// Times with colons, or four or six digits that are one.
    func isClock(_ column: Int) -> Bool {
      zip(kinds[column], texts[column]).allSatisfy { kind, text in
        if kind == .clock { return true }
        guard kind == .number, text.utf8.count == 4 || text.utf8.count == 6 else { return false }
        return Array(text.utf8).withUnsafeBufferPointer { bytes in
          guard var wall = WallTime(year: 2000, month: 1, day: 1) else { return false }
          var cursor = ByteCursor(bytes)
          return DateText.timeOfDay(&cursor, &wall)
        }
      }
    }

    func isWhole(_ column: Int) -> Bool {
      numbers[column].allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e15 }
    }

    /// Open, high, low and close from a column on.
    func isPrices(_ column: Int) -> Bool { isPrices(column, [0, 1, 2, 3]) }

    /// The only order of four prices that the rows allow, as exchanges have them; nil if there is none or more.
    func order(_ column: Int) -> [String]? {
      let orders: [[String]] = [
        ["open", "high", "low", "close"], ["low", "high", "open", "close"],
        ["open", "close", "high", "low"],
      ]
      let found = orders.filter { order in
        isPrices(column, ["open", "high", "low", "close"].map { order.firstIndex(of: $0) ?? 0 })
      }
      return found.count == 1 ? found[0] : nil
    }

    /// High on top, low below, and not always all the same.
    private func isPrices(_ column: Int, _ places: [Int]) -> Bool {
      guard column + 4 <= width, (0..<4).allSatisfy({ isNumber(column + $0) }) else { return false }
      var spread = 0
      var wrong = 0
      for row in numbers[column].indices {
        let prices = places.map { numbers[column + $0][row] }
        let (open, high, low, close) = (prices[0], prices[1], prices[2], prices[3])
        if high > low { spread += 1 }
        if high < open || high < close || low > open || low > close { wrong += 1 }
      }
      return spread > 0 && wrong * 20 <= numbers[column].count
    }

    /// Whole numbers below a day of milliseconds that never fall.
    func isMillisecondsOfDay(_ column: Int) -> Bool {
      let values = numbers[column]
      return isNumber(column) && isWhole(column) && values.allSatisfy { $0 >= 0 && $0 < 86_400_000 }
        && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }

    func isBetween(_ column: Int, high: Int, low: Int) -> Bool {
      numbers[column].indices.allSatisfy {
        numbers[column][$0] >= numbers[low][$0] && numbers[column][$0] <= numbers[high][$0]
      }
    }

    func minimum(_ column: Int) -> Double { numbers[column].min() ?? 0 }
    func allTexts(_ column: Int) -> [String] { texts[column] }
  }
}

/// The files of LEAN's data folder: no header, days in the name of minute files, prices of shares in
/// ten-thousandths.
struct LEANShape: Equatable {
  /// Names for the columns.
  let names: [String]
  /// The day of the rows, in days since 1970-01-01, where only the file's name tells it.
  let day: Int64?
  /// What prices are divided by.
  let divisor: Double

  init?(_ table: HeadTable, _ rows: Range<Int>, _ sample: HeadlessShape.Columns, path: String) {
    guard [5, 6, 10, 11].contains(sample.width), sample.isPrices(1) else { return nil }
    let isQuotes = sample.width > 6
    if isQuotes, !sample.isPrices(sample.width == 11 ? 6 : 5) { return nil }
    if sample.isMillisecondsOfDay(0) {
      guard let day = Self.day(of: path) else { return nil }
      self.day = day
    } else {
      // `20131004 09:31`, which nobody else writes.
      guard sample.allTexts(0).allSatisfy({ Self.isStamp($0) }) else { return nil }
      day = nil
    }
    let prices = isQuotes ? [1, 2, 3, 4, sample.width - 5, sample.width - 4] : [1, 2, 3, 4]
    let isShares = prices.allSatisfy { sample.isWhole($0) && sample.minimum($0) >= 100 }
    divisor = isShares ? 10_000 : 1
    let bar = ["open", "high", "low", "close"]
    let bid = bar.map { "bid_\($0)" }
    let ask = bar.map { "ask_\($0)" }
    switch sample.width {
    case 5: names = ["time"] + bar
    case 6: names = ["time"] + bar + ["volume"]
    case 10: names = ["time"] + bid + ask + ["size"]
    default: names = ["time"] + bid + ["bid_size"] + ask + ["ask_size"]
    }
  }

  private static func isStamp(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 14 && bytes[8] == 0x20 && bytes[11] == UInt8(ascii: ":")
      && bytes.withUnsafeBufferPointer { TimeFormat.iso.wallTime($0) != nil }
  }

  /// A run of eight digits in the name of a file that is a day.
  private static func day(of path: String) -> Int64? {
    let name = path.split(separator: "/").last ?? ""
    for part in name.split(whereSeparator: { !$0.isNumber }) where part.utf8.count == 8 {
      if let wall = Array(part.utf8).withUnsafeBufferPointer({ TimeFormat.iso.wallTime($0) }) {
        return wall.day
      }
    }
    return nil
  }
}
