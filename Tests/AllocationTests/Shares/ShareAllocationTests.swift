import TestSupport
import Testing

@testable import Allocation

struct ShareAllocationTests {
  @Test(arguments: ShareAllocation.Method.allCases)
  func whatASolverLeavesOfZeroBuysNothing(_ method: ShareAllocation.Method) throws {
    let found = try ShareAllocation(
      weights: [1 - 6e-13, 5e-13, 5e-18], prices: [300, 70, 3], capital: 1000,
      symbols: ["A", "B", "C"], method: method)
    #expect(found.shares == [3, 0, 0] && found.cash == 100)
  }

  @Test func greedyIsThatOfPyPortfolioOpt() throws {
    let shares = try ClusterGolden.read.get().shares
    let names = shares.weights.indices.map { "S\($0)" }
    for (text, wanted) in shares.byCapital {
      let capital = try #require(Double(text))
      let greedy = try ShareAllocation(
        weights: shares.weights, prices: shares.prices, capital: capital, symbols: names)
      if capital > 5000 {
        #expect(greedy.shares == wanted.greedy, "\(text)")
        #expect(abs(greedy.cash - wanted.rest) < 1e-6)
      } else {
        // The library gives up after ten symbols that it can't pay, with money left for another.
        #expect(greedy.cash < wanted.rest && greedy.cash >= 0)
      }
      let exact = try ShareAllocation(
        weights: shares.weights, prices: shares.prices, capital: capital, symbols: names,
        method: .exact)
      // Their integer program may end at another of equally good shares.
      let values = zip(wanted.exact, shares.prices).map { $0 * $1 }
      let theirs =
        zip(values, shares.weights).reduce(0) { $0 + abs($1.0 - $1.1 * capital) }
        + wanted.exactRest
      #expect(exact.isExact)
      #expect(exact.deviation * capital + exact.cash <= theirs + 1e-6)
      #expect(exact.cash >= 0)
    }
  }

  @Test(arguments: 0..<30) func exactIsNoWorseThanAnyOther(seed: UInt64) throws {
    print("exactIsNoWorseThanAnyOther: seed \(seed)")
    var random = TestRandom(seed: seed)
    let count = 1 + Int(seed) % 7
    let raw = (0..<count).map { _ in Double.random(in: 0.05...1, using: &random) }
    let weights = raw.map { $0 / raw.reduce(0, +) }
    let prices = (0..<count).map { _ in Double(Int.random(in: 5...400, using: &random)) }
    let capital = 1000.0
    let names = (0..<count).map { "S\($0)" }
    let exact = try ShareAllocation(
      weights: weights, prices: prices, capital: capital, symbols: names, method: .exact)
    func cost(_ shares: [Double]) -> Double? {
      let values = zip(shares, prices).map { $0 * $1 }
      let cash = capital - values.reduce(0, +)
      if cash < -1e-9 { return nil }
      return cash + zip(values, weights).reduce(0) { $0 + abs($1.0 - $1.1 * capital) }
    }
    let best = try #require(cost(exact.shares))
    // Every choice of up to two lots around the weights.
    let floors = zip(weights, prices).map { max(0, ($0 * capital / $1).rounded(.down) - 1) }
    var choice = [Int](repeating: 0, count: count)
    while true {
      if let other = cost(zip(floors, choice).map { $0 + Double($1) }) {
        #expect(best <= other + 1e-9)
      }
      guard let place = choice.firstIndex(where: { $0 < 3 }) else { break }
      choice[place] += 1
      for below in 0..<place { choice[below] = 0 }
    }
    let greedy = try ShareAllocation(
      weights: weights, prices: prices, capital: capital, symbols: names)
    #expect(greedy.cash >= 0)
    let other = try #require(cost(greedy.shares))
    #expect(best <= other + 1e-9)
  }

  @Test func shortsLotsAndCash() throws {
    let found = try ShareAllocation(
      weights: [0.9, -0.3, 0], prices: [31, 17, .nan], lots: [10, 1, 1], capital: 1000,
      symbols: ["A", "B", "C"])
    // 900 buys two lots of ten at 310; 300 sold are 17 shares at 17.
    #expect(found.shares == [20, -17, 0])
    #expect(found.cash == 1000 - 620 + 289)
    #expect(abs(found.deviation - (0.28 + 0.011)) < 1e-12)
    let half = try ShareAllocation(
      weights: [0.5], prices: [100], capital: 1000, symbols: ["A"])
    #expect(half.shares == [5])
    #expect(half.cash == 500)
  }

  @Test func badInputIsSaid() {
    for (weight, price, capital) in [
      (0.5, 0.0, 100.0), (0.5, .nan, 100), (0.5, 10, 0), (.nan, 10, 100), (0.5, 1e-300, 1e300),
    ] {
      #expect(throws: AllocationError.self) {
        try ShareAllocation(
          weights: [weight], prices: [price], capital: capital, symbols: ["A"])
      }
    }
  }
}
