import Books
import Kernels
import TestSupport
import Testing

/// Deflated significance against NumPy and SciPy.
@Suite struct ChallengeSignificanceTests {
  private static func returns(_ count: Int, _ bars: Int, common: Double) -> [[Double]] {
    let shared = PhiloxStream(seed: 5, stream: 1000)
    return (0..<count).map { lane in
      let stream = PhiloxStream(seed: 5, stream: UInt32(lane))
      return (0..<bars).map { bar in
        0.01
          * (common * shared.normals(step: UInt32(bar))[0]
            + (1 - common * common).squareRoot() * stream.normals(step: UInt32(bar))[0])
          + 0.001
      }
    }
  }

  @Test("figures are those of Golden/make_challenges.py")
  func figures() throws {
    // Blocks: a line of returns for each participant, then a line of figures that begins with =.
    var rows: [[Double]] = []
    var blocks = 0
    for line in try Golden.lines("significance.txt") {
      let words = line.split(separator: " ")
      if words[0] != "=" {
        rows.append(words.map { Double($0) ?? .nan })
        continue
      }
      let expected = words.dropFirst().map { Double($0) ?? .nan }
      let found = ChallengeSignificance(returns: rows, workers: 2)
      let values =
        [
          Double(found.trials), found.effectiveTrials, found.participationRatio, found.deviation,
          found.expectedMaximum,
        ] + found.probabilities + found.deflated
      #expect(values.count == expected.count)
      for (value, goal) in zip(values, expected) {
        #expect(abs(value - goal) <= 1e-9 * max(1, abs(goal)) || value.isNaN && goal.isNaN)
      }
      rows = []
      blocks += 1
    }
    #expect(blocks >= 3)
  }

  @Test("independent participants count one by one, copies as one")
  func effective() {
    let many = ChallengeSignificance(returns: Self.returns(300, 120, common: 0))
    #expect(many.effectiveTrials > 270 && many.participationRatio < 120)
    let copies = ChallengeSignificance(
      returns: Array(repeating: Self.returns(1, 100, common: 0)[0], count: 20))
    #expect(abs(copies.effectiveTrials - 1) < 1e-9)
    let common = ChallengeSignificance(returns: Self.returns(50, 500, common: 0.9))
    #expect(common.effectiveTrials < 2)
  }

  @Test("any number of workers gives the same bits, wide and tall")
  func workers() {
    for (count, bars) in [(40, 15), (9, 60)] {
      let returns = Self.returns(count, bars, common: 0.3)
      let one = ChallengeSignificance(returns: returns, workers: 1)
      for workers in [2, 7] {
        #expect(ChallengeSignificance(returns: returns, workers: workers) == one)
      }
    }
  }

  @Test("few or flat returns have no ratio and do not count")
  func degenerate() {
    let found = ChallengeSignificance(returns: [
      [0.01, 0.02, -0.01, 0.03], [0, 0, 0, 0], [], [0.01, 0.01],
    ])
    #expect(found.trials == 1 && found.deflated[1].isNaN && found.deflated[2].isNaN)
    #expect(found.deflated[0] == found.probabilities[0])
    #expect(ChallengeSignificance(returns: []).trials == 0)
  }
}
