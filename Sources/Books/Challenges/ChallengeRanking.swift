/// Places of participants, by a metric and what decides ties.
public enum ChallengeRanking {
  /// Something that participants are compared by.
  public struct Key: Sendable {
    /// A number for each participant; NaN comes last.
    public var values: [Double]
    /// Whether smaller is better.
    public var isLowerBetter: Bool

    /// A key.
    public init(_ values: [Double], isLowerBetter: Bool = false) {
      self.values = values
      self.isLowerBetter = isLowerBetter
    }
  }

  /// Places in standard competition ranking: 1, 2, 2, 4.
  ///
  /// Participants that no key tells apart share a place and are listed in the order in which they were given.
  ///
  /// - Parameters:
  ///   - keys: the first decides, the next only where all before are equal.
  ///   - isRanked: who takes part; all unless given.
  /// - Returns: positions best first, of those who take part; and the place of each, 0 for others.
  public static func ranks(_ keys: [Key], isRanked: [Bool]? = nil) -> (order: [Int], ranks: [Int]) {
    let count = keys.first?.values.count ?? 0
    precondition(keys.allSatisfy { $0.values.count == count }, "keys of one length")
    let worths = keys.map { key in key.values.map { worth($0, key.isLowerBetter) } }
    let order = (0..<count).filter { isRanked?[$0] ?? true }.sorted { a, b in
      for worth in worths where worth[a] != worth[b] { return worth[a] > worth[b] }
      return a < b
    }
    var ranks = [Int](repeating: 0, count: count)
    for (place, row) in order.enumerated() {
      let isShared =
        place > 0 && worths.allSatisfy { $0[row] == $0[order[place - 1]] }
      ranks[row] = isShared ? ranks[order[place - 1]] : place + 1
    }
    return (order, ranks)
  }

  /// More is better, and undefined is worst.
  @inline(__always)
  static func worth(_ value: Double, _ isLowerBetter: Bool) -> Double {
    value.isNaN ? -.infinity : isLowerBetter ? -value : value
  }
}
