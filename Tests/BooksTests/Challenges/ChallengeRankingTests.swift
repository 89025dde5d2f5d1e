import Books
import Foundation
import TestSupport
import Testing

/// Places against SciPy, and by hand.
@Suite struct ChallengeRankingTests {
  @Test("places are those of scipy.stats.rankdata(−x, method='min')")
  func places() throws {
    // A line is the values, a bar, and their places; Golden/make_challenges.py wrote them.
    for line in try Golden.lines("ranks.txt") {
      let halves = line.split(separator: "|")
      let values = halves[0].split(separator: " ").map { Double($0) ?? .nan }
      let expected = halves[1].split(separator: " ").map { Int($0) ?? 0 }
      #expect(ChallengeRanking.ranks([.init(values)]).ranks == expected)
      let negated = ChallengeRanking.ranks([.init(values.map { -$0 }, isLowerBetter: true)])
      #expect(negated.ranks == expected)
    }
  }

  @Test("further keys decide ties; who is equal in all shares a place")
  func ties() {
    let keys = [
      ChallengeRanking.Key([2, 3, 2, 2, .nan]),
      ChallengeRanking.Key([0.1, 0.2, 0.05, 0.1, 0], isLowerBetter: true),
    ]
    let (order, ranks) = ChallengeRanking.ranks(keys)
    #expect(order == [1, 2, 0, 3, 4] && ranks == [3, 1, 2, 3, 5])
    let part = ChallengeRanking.ranks(keys, isRanked: [true, false, true, true, true])
    #expect(part.order == [2, 0, 3, 4] && part.ranks == [2, 0, 1, 2, 4])
  }

  @Test("undefined metrics share the last place")
  func undefined() {
    let (order, ranks) = ChallengeRanking.ranks([.init([.nan, 1, .nan, -.infinity])])
    #expect(order[0] == 1 && ranks[1] == 1 && ranks[0] == ranks[2])
  }
}
