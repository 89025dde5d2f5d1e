import Books

/// Sums over portfolios, and which one each belongs to.
struct SimulateSums: Sendable {
  /// What they are over.
  let level: String
  /// Their names.
  let names: [String]
  private let groups: [Int]

  init(_ level: SimulateOptions.Level, _ book: Book) {
    switch level {
    case .firm:
      self.level = "firm"
      names = [book.firm.id]
      groups = book.portfolios.map { _ in 0 }
    case .advisor:
      self.level = "advisor"
      names = book.advisors.map(\.id)
      groups = book.portfolios.map { book.clients[$0.client].advisor }
    case .client:
      self.level = "client"
      names = book.clients.map(\.id)
      groups = book.portfolios.map(\.client)
    case .label(let label):
      self.level = book.labels[label].name
      let texts = book.labels[label].texts.map { $0.isEmpty ? "none" : $0 }
      names = Set(texts).sorted()
      let places = Dictionary(
        names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      groups = texts.map { places[$0] ?? 0 }
    }
  }

  func group(of portfolio: Int) -> Int { groups[portfolio] }
}
