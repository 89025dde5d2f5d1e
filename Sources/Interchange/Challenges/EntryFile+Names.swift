extension EntryFile {
  mutating func column(
    _ reader: borrowing RecordReader, _ field: Int, _ row: Int32, _ ns: Int64
  ) -> Int32? {
    guard let name = reader.validText(field)?.trimmingSpaces, !name.isEmpty else {
      flaw(row, reader, ns, "the symbol is empty or no UTF-8 text")
      return nil
    }
    guard name.utf8.count <= 100, !Self.hasControl(name) else {
      flaw(row, reader, ns, "'\(Self.shown(name))' is no symbol")
      return nil
    }
    return column(of: name)
  }

  static func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  /// A cell as a message cites it: a terminal would obey its control characters.
  static func shown(_ text: String) -> String {
    String(text.prefix(40).map { hasControl(String($0)) ? "\u{FFFD}" : $0 })
  }

  mutating func column(of symbol: String) -> Int32 {
    if let column = columns[symbol] { return column }
    columns[symbol] = Int32(symbols.count)
    symbols.append(symbol)
    return Int32(symbols.count - 1)
  }

  /// What a name comes to.
  enum Place {
    case found(Int32)
    case unreadable, control, tooLong
    /// Another name that looks the same: composed and decomposed letters.
    case respelled(String)
  }

  /// Rows of a participant mostly stand together.
  mutating func place(of bytes: UnsafeBufferPointer<UInt8>) -> Place {
    if latest.place >= 0, latest.name.elementsEqual(bytes) { return .found(latest.place) }
    guard let name = String(validating: bytes, as: UTF8.self)?.trimmingSpaces, !name.isEmpty
    else { return .unreadable }
    if Self.hasControl(name) { return .control }
    // As long as an id of a book: a table of longer ones is of no use.
    if name.utf8.count > 255 { return .tooLong }
    let place = place(of: name)
    guard participants[Int(place)].utf8.elementsEqual(name.utf8) else { return .respelled(name) }
    latest = (Array(bytes), place)
    return .found(place)
  }

  mutating func place(of name: String) -> Int32 {
    if let place = places[name] { return place }
    places[name] = Int32(participants.count)
    participants.append(name)
    return Int32(participants.count - 1)
  }

  /// Rows of a time may too.
  mutating func time(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    if !times.text.isEmpty, times.text.elementsEqual(bytes) { return times.ns }
    guard let ns = Self.instant(bytes.trimmingSpaces) else { return nil }
    times = (Array(bytes), ns)
    return ns
  }

  private static let style = TimeStyle(.iso)

  /// A time as books read it.
  private static func instant(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    if case .instant(let ns) = style.parse(bytes) { ns } else { nil }
  }

  /// Nanoseconds UTC of a time as rows have it; nil for any other text.
  public static func instant(_ text: String) -> Int64? {
    var text = text.trimmingSpaces
    return text.withUTF8 { instant($0) }
  }
}
