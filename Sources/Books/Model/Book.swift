/// Who owns what: a firm, its advisors, their clients, the clients' portfolios, the portfolios' wallets, and every
/// transaction.
///
/// Rows refer to others by position: a wallet to its portfolio, a portfolio to its client, a client to its advisor. Ids are
/// opaque texts, unique in their table; nothing else about a person is needed. `BookCheck` holds a book to these rules.
public struct Book: Sendable, Equatable {
  /// The owner of the book.
  public struct Firm: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Its name; may be empty.
    public var name: String
    /// Currency that sums over portfolios are told in, such as `USD`.
    public var currency: String

    /// A firm.
    public init(id: String, name: String = "", currency: String = "USD") {
      self.id = id
      self.name = name
      self.currency = currency
    }
  }

  /// Someone who advises clients.
  public struct Advisor: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Its name; may be empty.
    public var name: String

    /// An advisor.
    public init(id: String, name: String = "") {
      self.id = id
      self.name = name
    }
  }

  /// Someone who owns portfolios.
  public struct Client: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Its name; may be empty.
    public var name: String
    /// Position of its advisor.
    public var advisor: Int
    /// Its id in another system, such as that of a model which advises it; may be empty.
    public var externalID: String

    /// A client.
    public init(id: String, name: String = "", advisor: Int, externalID: String = "") {
      self.id = id
      self.name = name
      self.advisor = advisor
      self.externalID = externalID
    }
  }

  /// Money and units that are invested and judged as one.
  public struct Portfolio: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Its name; may be empty.
    public var name: String
    /// Position of its client.
    public var client: Int
    /// Currency that it is valued in.
    public var currency: String
    /// What it may hold and risk.
    public var profile: Profile

    /// A portfolio.
    public init(
      id: String, name: String = "", client: Int, currency: String = "USD",
      profile: Profile = Profile()
    ) {
      self.id = id
      self.name = name
      self.client = client
      self.currency = currency
      self.profile = profile
    }
  }

  /// Cash of a portfolio in one currency.
  public struct Wallet: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Position of its portfolio.
    public var portfolio: Int
    /// Currency of its money.
    public var currency: String

    /// A wallet.
    public init(id: String, portfolio: Int, currency: String = "USD") {
      self.id = id
      self.portfolio = portfolio
      self.currency = currency
    }
  }

  /// A symbol that transactions refer to.
  public struct Instrument: Sendable, Equatable {
    /// The symbol, as the price store has it.
    public var symbol: String
    /// Where it trades, by MIC; empty if unknown.
    public var exchange: String
    /// Currency of its prices; empty if unknown: that of whoever trades it.
    public var currency: String

    /// An instrument.
    public init(symbol: String, exchange: String = "", currency: String = "") {
      self.symbol = symbol
      self.exchange = exchange
      self.currency = currency
    }
  }

  /// A further text of each portfolio that sums can be told by, such as a branch or a model.
  public struct Label: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// The texts, by portfolio; empty for none.
    public var texts: [String]

    /// A label.
    public init(name: String, texts: [String]) {
      self.name = name
      self.texts = texts
    }
  }

  /// Where a book finds its prices unless it is told otherwise.
  public struct PriceSource: Sendable, Equatable {
    /// Path of the store, relative to the folder of the book unless it begins with a slash; empty if none is set.
    public var store = ""
    /// Name of the panel; empty for the only one.
    public var panel = ""
    /// Name of the panel with rates of currencies; empty if the prices have them, or none are needed.
    public var rates = ""

    /// None.
    public init() {}
  }

  /// The owner of the book.
  public var firm: Firm
  /// Where its prices are.
  public var prices = PriceSource()
  /// Advisors.
  public var advisors: [Advisor]
  /// Clients.
  public var clients: [Client]
  /// Portfolios: `[P]`.
  public var portfolios: [Portfolio]
  /// Wallets, in the order of their portfolios: `[W]`.
  public var wallets: [Wallet]
  /// Symbols: `[S]`.
  public var instruments: [Instrument]
  /// Labels of portfolios.
  public var labels: [Label]
  /// What happened, by portfolio and time.
  public var entries: EntryTable

  /// A book without anybody.
  public init(firm: Firm) {
    self.firm = firm
    advisors = []
    clients = []
    portfolios = []
    wallets = []
    instruments = []
    labels = []
    entries = EntryTable()
  }

  /// The first wallet of each portfolio, and the number of wallets: `[P + 1]`.
  var walletStarts: [Int] {
    var starts = [Int](repeating: 0, count: portfolios.count + 1)
    for wallet in wallets { starts[wallet.portfolio + 1] += 1 }
    for portfolio in portfolios.indices { starts[portfolio + 1] += starts[portfolio] }
    return starts
  }

  /// The wallets of a portfolio.
  public func wallets(of portfolio: Int) -> Range<Int> {
    func first(_ wanted: Int) -> Int {
      var (low, high) = (0, wallets.count)
      while low < high {
        let middle = (low + high) / 2
        if wallets[middle].portfolio < wanted { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return first(portfolio)..<first(portfolio + 1)
  }
}
