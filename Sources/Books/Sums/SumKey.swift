import Kernels

/// What portfolios, or parts of them, are summed by.
public enum SumKey: Sendable, Equatable {
  /// Everything in one sum.
  case firm
  /// Advisors of the portfolios' clients.
  case advisor
  /// Owners of the portfolios.
  case client
  /// Each portfolio.
  case portfolio
  /// Sectors of what is held; cash is one of its own.
  case sector
  /// Currencies of what is held, and of wallets.
  case currency
  /// A label of the book.
  case label(String)

  /// A key by its name: one of the above, or that of a label; nil if the book has no such label.
  public init?(_ name: String, in book: Book) {
    switch name {
    case "firm": self = .firm
    case "advisor": self = .advisor
    case "client": self = .client
    case "portfolio": self = .portfolio
    case "sector": self = .sector
    case "currency": self = .currency
    default:
      guard book.labels.contains(where: { $0.name == name }) else { return nil }
      self = .label(name)
    }
  }

  /// Names that every book knows.
  public static let names = ["firm", "advisor", "client", "portfolio", "sector", "currency"]

  /// All names that a book knows.
  public static func names(in book: Book) -> [String] { names + book.labels.map(\.name) }

  /// Its name.
  public var name: String {
    switch self {
    case .firm: "firm"
    case .advisor: "advisor"
    case .client: "client"
    case .portfolio: "portfolio"
    case .sector: "sector"
    case .currency: "currency"
    case .label(let name): name
    }
  }
}

/// The groups of a key, and who belongs to which.
struct SumGroups: Sendable {
  /// Names of groups, in the order of the book; sectors and currencies by name, cash last.
  let names: [String]
  /// Number of portfolios in each.
  let sizes: [Int]
  /// Group of each portfolio of the book; −1 for those left out.
  ///
  /// Of sectors and currencies 0.
  let portfolios: [Int32]
  /// Group of each symbol; empty if groups are of portfolios.
  private let instruments: [Int32]
  /// Group of each wallet; empty if groups are of portfolios.
  private let wallets: [Int32]

  init(_ key: SumKey, _ book: Book, _ market: BookMarket, _ chosen: [Int]) {
    var groups = [Int32](repeating: -1, count: book.portfolios.count)
    var (names, sizes): ([String], [Int]) = ([], [])
    var places: [String: Int32] = [:]
    func place(_ name: String) -> Int32 {
      if let place = places[name] { return place }
      places[name] = Int32(names.count)
      names.append(name)
      sizes.append(0)
      return Int32(names.count - 1)
    }
    var (instruments, wallets): ([Int32], [Int32]) = ([], [])
    let parts: ([String], [String])? =
      switch key {
      case .sector: (market.sectors, book.wallets.map { _ in "cash" })
      case .currency:
        (
          market.currencies.map { $0.isEmpty ? book.firm.currency.uppercased() : $0 },
          book.wallets.map { $0.currency.uppercased() }
        )
      default: nil
      }
    if let parts {
      for name in Set(parts.0).union(parts.1).sorted(by: {
        ($0 == "cash" ? 1 : 0, $0) < ($1 == "cash" ? 1 : 0, $1)
      }) {
        _ = place(name)
      }
      instruments = parts.0.map(place)
      wallets = parts.1.map(place)
      for portfolio in chosen { groups[portfolio] = 0 }
      sizes = sizes.map { _ in chosen.count }
    } else {
      let label = book.labels.first { $0.name == key.name }?.texts ?? []
      for portfolio in chosen {
        let client = book.portfolios[portfolio].client
        let name =
          switch key {
          case .advisor: book.advisors[book.clients[client].advisor].id
          case .client: book.clients[client].id
          case .portfolio: book.portfolios[portfolio].id
          case .label: label[portfolio].isEmpty ? "none" : label[portfolio]
          default: book.firm.id
          }
        groups[portfolio] = place(name)
        sizes[Int(groups[portfolio])] += 1
      }
    }
    self.names = names
    self.sizes = sizes
    portfolios = groups
    self.instruments = instruments
    self.wallets = wallets
  }

  /// Group of a portfolio's units of a symbol; −1 if the portfolio is left out.
  @inline(always)
  func group(portfolio: Int, instrument: Int) -> Int {
    let own = portfolios[portfolio]
    return Int(own < 0 || instruments.isEmpty ? own : instruments[instrument])
  }

  /// Symbols of a group; none where groups are of portfolios, or have money too.
  func instruments(of group: Int) -> [Int] {
    if wallets.contains(Int32(group)) { return [] }
    return instruments.indices.filter { Int(instruments[$0]) == group }
  }

  /// Group of a portfolio's money in a wallet; −1 if the portfolio is left out.
  @inline(always)
  func group(portfolio: Int, wallet: Int) -> Int {
    let own = portfolios[portfolio]
    return Int(own < 0 || wallets.isEmpty ? own : wallets[wallet])
  }
}
