import Advice
import Books
import Interchange
import Kernels

/// Weights that a file gives to portfolios of a book, by their ids; a file of one row without a name gives it to all.
struct GivenTargets: Sendable {
  private let file: WeightFile
  /// Column in the panel of each symbol.
  private let columns: [Int]
  private let portfolios: [Book.Portfolio]
  /// Row of each portfolio of the book; nil where it has none.
  private let rows: [Int?]

  /// Holds a file to a book and its prices.
  ///
  /// - Throws: `setting` for portfolios and symbols that nobody has, and for sizes above a portfolio's leverage.
  init(_ file: WeightFile, _ session: BookSession) throws(AdviceError) {
    self.file = file
    portfolios = session.book.portfolios
    let panel = session.market.panel
    let isForAll = file.portfolios == ["portfolio"]
    let ids = portfolios.map(\.id)
    let known = Set(ids)
    for id in file.portfolios where !isForAll && !known.contains(id) {
      throw .setting(
        name: "targets", found: "the portfolio \(id)",
        expected: "portfolios of the book." + didYouMean(nearestName(to: id, among: ids)))
    }
    var columns: [Int] = []
    for symbol in file.symbols {
      guard let column = panel.symbols.index(of: symbol) else {
        throw .setting(
          name: "targets", found: "the symbol \(symbol)",
          expected: "symbols of panel \(panel.name)."
            + didYouMean(nearestName(to: symbol, among: panel.symbols.names)))
      }
      columns.append(column)
    }
    self.columns = columns
    let places = Dictionary(
      file.portfolios.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    rows = ids.map { places[$0] ?? (isForAll ? 0 : nil) }
    for portfolio in portfolios.indices { try checkSize(portfolio) }
  }

  /// Weights of a portfolio by column of the panel, without those that are 0.
  ///
  /// - Throws: `setting` if the file has none for it, or shorts that its profile forbids.
  func weights(of portfolio: Int) throws(AdviceError) -> [Int: Double] {
    let id = portfolios[portfolio].id
    guard let row = rows[portfolio] else {
      throw .setting(
        name: "targets", found: "no weights of portfolio \(id)",
        expected: "a row for each portfolio")
    }
    var weights: [Int: Double] = [:]
    for (place, column) in columns.enumerated() {
      let weight = value(row, place)
      if weight != 0 { weights[column] = weight }
    }
    let least = weights.values.min() ?? 0
    guard least >= 0 || portfolios[portfolio].profile.allowsShort else {
      throw .setting(
        name: "targets of \(id)", found: "a weight of \(least)",
        expected: "weights from 0, as its profile allows no shorts")
    }
    return weights
  }

  private func checkSize(_ portfolio: Int) throws(AdviceError) {
    guard let row = rows[portfolio] else { return }
    let most = max(1, portfolios[portfolio].profile.leverage)
    let size = columns.indices.reduce(0.0) { $0 + value(row, $1).magnitude }
    guard size <= most + 1e-9 else {
      throw .setting(
        name: "targets of \(portfolios[portfolio].id)",
        found: "weights whose sizes add up to \(size.shortestText)",
        expected: "fractions of equity of which sizes add up to \(most.shortestText) at most; "
          + "the rest stays in cash")
    }
  }

  /// A weight; 0 where the file has none.
  private func value(_ row: Int, _ place: Int) -> Double {
    let weight = file.values[row * columns.count + place]
    return weight.isFinite ? weight : 0
  }
}
