import Kernels

/// Names by which vendors call their columns, after `ColumnName.canonical`.
enum ColumnAliases {
  /// Names of a meaning, best first.
  static let all: [(meaning: String, names: [String])] = [
    (
      "time",
      [
        "open_time", "opentime", "timeopen", "time_open", "window_start", "unix", "unix_timestamp",
        "unix_time", "unixtime", "snapped_at", "time", "date", "timestamp", "datetime", "date_time",
        "timestamp_utc", "time_utc", "date_utc", "datetime_utc", "gmt_time", "local_time", "dates",
        "trade_date", "trading_date", "trading_day", "price_date", "observation_date", "epoch",
        "begins_at", "start_time", "period_start", "bar_time", "ts", "day", "dateandtime", "datum",
        "fecha", "data",
      ]
    ),
    ("symbol", ["symbol", "ticker", "sym", "tic", "ric", "instrument", "pair", "name"]),
    (
      "open",
      [
        "open", "open_price", "opening_price", "px_open", "price_open", "1_open", "eröffnung",
        "eröffn", "ouverture", "ouv", "apertura",
      ]
    ),
    (
      "high",
      ["high", "high_price", "px_high", "price_high", "2_high", "hoch", "plus_haut", "máximo"]
    ),
    ("low", ["low", "low_price", "px_low", "price_low", "3_low", "tief", "plus_bas", "mínimo"]),
    (
      "close",
      [
        "close", "close_price", "closing_price", "px_last", "price_close", "4_close", "close_last",
        "last_price", "price", "prices", "price_usd", "settle", "settlement_price", "last",
        "schluss", "schlusskurs", "zuletzt", "dernier", "clôture", "cierre", "último",
      ]
    ),
    (
      "volume",
      [
        "volume", "vol", "volume_base", "base_volume", "px_volume", "5_volume", "6_volume",
        "total_volume", "total_volumes", "volume_coin", "volume_usd", "tick_volume", "tickvol",
        "volumen",
      ]
    ),
    ("market_cap", ["market_cap", "marketcap", "market_cap_usd", "market_caps", "cur_mkt_cap"]),
    ("adj_close", ["adj_close", "adjclose", "adjusted_close", "5_adjusted_close"]),
    ("vwap", ["vwap"]),
    (
      "trades",
      ["trades", "tradecount", "trade_count", "number_of_trades", "numberoftrades", "transactions"]
    ),
  ]

  /// One letter each, as exchanges answer; taken only where all four prices are there, as they are symbols
  /// too.
  static let letters: [(meaning: String, name: String)] = [
    ("time", "t"), ("open", "o"), ("high", "h"), ("low", "l"), ("close", "c"), ("volume", "v"),
    ("vwap", "vw"), ("trades", "n"), ("symbol", "s"),
  ]

  /// Zones that the end of a column's name may tell.
  static let zones: [(suffix: String, zone: String)] = [
    ("utc", "UTC"), ("gmt", "UTC"), ("ny", "America/New_York"), ("new_york", "America/New_York"),
    ("nyc", "America/New_York"), ("et", "America/New_York"), ("eastern", "America/New_York"),
    ("chicago", "America/Chicago"), ("london", "Europe/London"), ("berlin", "Europe/Berlin"),
    ("paris", "Europe/Paris"), ("tokyo", "Asia/Tokyo"), ("hong_kong", "Asia/Hong_Kong"),
    ("jst", "Asia/Tokyo"), ("hkt", "Asia/Hong_Kong"), ("ist", "Asia/Kolkata"),
  ]

  /// Words that a column of times may begin with, before a zone.
  private static let timeWords = ["time", "date", "timestamp", "datetime", "open_time"]

  // Files may have hundreds of thousands of columns.
  private static let zoneOfName: [String: String] = {
    var found = ["gmt_time": "UTC"]
    for (suffix, zone) in zones {
      for word in timeWords { found["\(word)_\(suffix)"] = zone }
    }
    return found
  }()

  private static let meaningOfName: [String: String] = {
    var found: [String: String] = [:]
    for (meaning, names) in all {
      for name in names where found[name] == nil { found[name] = meaning }
    }
    for name in zoneOfName.keys where found[name] == nil { found[name] = "time" }
    return found
  }()

  /// The zone that a name tells, if it is one of a column of times.
  static func zone(of name: String) -> String? { zoneOfName[name] }

  /// The meaning of a name; nil if there is none.
  static func meaning(of name: String, withLetters: Bool) -> String? {
    if let found = meaningOfName[name] { return found }
    return withLetters && name.utf8.count <= 2 ? letters.first { $0.name == name }?.meaning : nil
  }

  /// Whether the four prices are there by one letter each.
  static func hasLetters(_ names: [String]) -> Bool {
    ["o", "h", "l", "c"].allSatisfy(names.contains)
  }
}

/// Names of columns, made comparable.
enum ColumnName {
  /// The canonical form of a name in ASCII; nil for others.
  private static func plain(_ name: String) -> String? {
    var result: [UInt8] = []
    result.reserveCapacity(name.utf8.count)
    for byte in name.utf8 {
      if byte >= 0x80 { return nil }
      let letter = byte &- 0x41 < 26 ? byte | 0x20 : byte
      if letter &- 0x61 < 26 || letter &- 0x30 < 10 {
        result.append(letter)
      } else if !result.isEmpty, result.last != UInt8(ascii: "_") {
        result.append(UInt8(ascii: "_"))
      }
    }
    if result.last == UInt8(ascii: "_") { result.removeLast() }
    return String(decoding: result, as: UTF8.self)
  }

  /// Lower case, with one underscore for each run of anything but letters and digits.
  static func canonical(_ name: String) -> String {
    if let plain = plain(name) { return plain }
    var result = ""
    for character in name.lowercased() {
      if character.isLetter || character.isNumber {
        result.append(character)
      } else if !result.isEmpty, result.last != "_" {
        result.append("_")
      }
    }
    while result.last == "_" { result.removeLast() }
    return result
  }

  /// The name of a field, clear of the names that a store keeps for itself.
  static func field(_ canonical: String) -> String {
    ["time", "symbol", "first", "last"].contains(canonical) ? canonical + "_value" : canonical
  }

  /// The candidate that was probably meant by a name, if any is near; written differently, they are equal.
  static func nearest(_ name: String, in candidates: [String]) -> String? {
    // Nobody looks for one name among thousands by its spelling.
    let candidates = candidates.prefix(500)
    let nearest = nearestName(to: canonical(name), among: candidates.map(canonical))
    return nearest.flatMap { found in candidates.first { canonical($0) == found } }
  }
}
