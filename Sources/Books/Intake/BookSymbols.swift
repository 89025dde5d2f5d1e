import Kernels
import Market

/// Finds the instruments that transactions name, and adds those that the book has not yet.
public struct BookSymbols: Sendable {
  /// The book's instruments, with the new ones at the end.
  public private(set) var instruments: [Book.Instrument]
  private let known: SymbolTable?
  private let panel: String
  private var places: [String: Int]

  /// - Parameters:
  ///   - instruments: those of the book.
  ///   - known: symbols that have prices; nil if there are no prices, and then any symbol is taken.
  ///   - panel: where they are, for errors.
  public init(_ instruments: [Book.Instrument], known: SymbolTable?, panel: String = "") {
    self.instruments = instruments
    self.known = known
    self.panel = panel
    places = Dictionary(
      instruments.enumerated().map { ($1.symbol, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The position of a symbol, as `AAPL` or with its exchange as `XNAS:AAPL`.
  ///
  /// - Throws: `TransactionBatch.Fault` for a symbol without prices, with the nearest, or one of another exchange.
  public mutating func place(of text: String) throws(TransactionBatch.Fault) -> Int {
    var (exchange, symbol) = ("", text)
    if known?.index(of: text) == nil, places[text] == nil,
      let colon = text.firstIndex(of: ":"), colon != text.startIndex
    {
      exchange = text[..<colon].uppercased()
      symbol = String(text[text.index(after: colon)...])
    }
    guard BookCheck.isID(symbol) else {
      throw .init("symbol", "'\(text.prefix(40))' is no symbol")
    }
    let entry = known.flatMap { table in table.index(of: symbol).map { table[$0] } }
    if let known, entry == nil {
      throw .init(
        "symbol",
        "panel \(panel) has no symbol '\(symbol.prefix(40))'."
          + didYouMean(nearestName(to: symbol, among: known.names)))
    }
    let place = places[symbol]
    let stored =
      [entry?.exchange ?? "", place.map { instruments[$0].exchange } ?? ""]
      .first { !$0.isEmpty } ?? ""
    if !exchange.isEmpty, !stored.isEmpty, Self.code(exchange) != Self.code(stored) {
      throw .init("symbol", "\(symbol) trades at \(stored), not at \(exchange)")
    }
    if let place {
      if instruments[place].exchange.isEmpty { instruments[place].exchange = exchange }
      return place
    }
    places[symbol] = instruments.count
    let currency = (entry?.currency ?? "").uppercased()
    instruments.append(
      Book.Instrument(
        symbol: symbol, exchange: stored.isEmpty ? exchange : stored,
        currency: BookCheck.isCurrency(currency) ? currency : ""))
    return instruments.count - 1
  }

  /// Currency of an instrument, as the prices have it, else as the book does; empty if unknown.
  public func currency(of place: Int) -> String {
    let entry = known.flatMap { table in
      table.index(of: instruments[place].symbol).map { table[$0].currency.uppercased() }
    }
    return entry.flatMap { $0.isEmpty ? nil : $0 } ?? instruments[place].currency
  }

  /// The MIC of an exchange by its usual name.
  private static func code(_ exchange: String) -> String {
    let name = exchange.uppercased()
    return [
      "NASDAQ": "XNAS", "NYSE": "XNYS", "NYSE ARCA": "ARCX", "ARCA": "ARCX", "AMEX": "XASE",
      "LSE": "XLON", "XETRA": "XETR", "TSE": "XTKS", "SIX": "XSWX",
    ][name] ?? name
  }
}
