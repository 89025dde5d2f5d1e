import Books
import Testing

/// Ledgers worked by hand.
@Suite struct LedgerTests {
  private func entry(
    _ day: Int64, _ kind: Entry.Kind, _ instrument: Int? = nil, cash: Double, units: Double = 0,
    price: Double = .nan, fee: Double = 0
  ) -> Entry {
    Entry(
      timeNs: day * 86_400_000_000_000, sequence: day, wallet: 0, kind: kind,
      instrument: instrument,
      cash: cash, units: units, price: price, fee: fee)
  }

  @Test("a sale across two lots realises by first in first out, and by average cost")
  func partialSaleAcrossLots() throws {
    var ledger = BookLedger(wallets: 0..<1)
    ledger.post(entry(0, .deposit, cash: 10_000))
    ledger.post(entry(1, .buy, 0, cash: -1_001, units: 10, price: 100, fee: 1))
    ledger.post(entry(2, .buy, 0, cash: -1_201, units: 10, price: 120, fee: 1))
    ledger.post(entry(3, .sell, 0, cash: 1_948, units: -15, price: 130, fee: 2))
    let position = try #require(ledger.position(0))
    #expect(position.units == 5)
    // 15 × 130 − 2 less 1,001 and half of 1,201.
    #expect(abs(position.realised - (1_948 - 1_001 - 600.5)) < 1e-9)
    // The average cost of a unit is 2,202 / 20.
    #expect(abs(position.realisedAverage - (1_948 - 15 * 110.1)) < 1e-9)
    #expect(abs(position.cost - 600.5) < 1e-9)
    #expect(abs(position.averagePrice - 110.1) < 1e-9)
    #expect(ledger.balances == [10_000 - 1_001 - 1_201 + 1_948])
  }
}
