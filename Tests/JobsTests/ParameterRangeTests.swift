import Foundation
import Jobs
import Testing

@Suite struct ParameterRangeTests {
  private func values(_ text: String) throws -> [Double] {
    let spec = try Spec(
      text: """
        { apus: 1, data: { store: "p.h5" }, strategy: { long_entry: "close > n" },
          parameters: { n: \(text) } }
        """)
    return spec.axes[0].values
  }

  @Test(
    "steps end where they were meant to, as the numbers that one would write",
    arguments: [
      ("{ from: 0.1, to: 0.3, step: 0.1 }", [0.1, 0.2, 0.3]),
      ("{ from: 1, to: 4 }", [1, 2, 3, 4]), ("{ from: 1, to: 4.9 }", [1, 2, 3, 4]),
      ("{ from: -0.3, to: 0.3, step: 0.1 }", [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]),
      ("{ from: 1e-7, to: 3e-7, step: 1e-7 }", [1e-7, 2e-7, 3e-7]),
      ("{ from: 5, to: 5 }", [5]), ("{ from: 5, to: 5.5 }", [5]), ("7", [7]),
      ("[3, 1, 2]", [3, 1, 2]),
      ("{ from: 0, to: 0.9995, step: 1 }", [0]),
      ("{ from: 0, to: 1, step: 0.3 }", [0, 0.3, 0.6, 0.9]),
      ("{ from: 2, to: 10, step: 4 }", [2, 6, 10]),
    ]) func stepped(text: String, expected: [Double]) throws
  {
    let found = try values(text)
    #expect(found == expected)
    // Zero must not carry a sign into tables.
    #expect(found.allSatisfy { $0 != 0 || $0.sign == .plus })
  }

  @Test(
    "a count gives exact ends",
    arguments: [
      ("{ from: 0.0, to: 0.2, count: 21 }", (0...20).map { Double($0) / 100 }),
      ("{ from: 0, to: 1, count: 5 }", [0, 0.25, 0.5, 0.75, 1]),
      ("{ from: 1, to: 2, count: 2 }", [1, 2]),
      ("{ from: -1, to: 1, count: 3, scale: 'linear' }", [-1, 0, 1]),
    ]) func counted(text: String, expected: [Double]) throws
  { #expect(try values(text) == expected) }

  @Test(arguments: [(1.0, 1000.0, 4), (0.1, 0.3, 7), (3e-9, 7e11, 50), (2, 2.0000001, 3)])
  func logarithmic(from: Double, to: Double, count: Int) throws {
    let found = try values("{ from: \(from), to: \(to), count: \(count), scale: 'log' }")
    #expect(found.count == count && found.first == from && found.last == to)
    for (index, value) in found.enumerated() {
      let share = Double(index) / Double(count - 1)
      #expect(abs(log(value / from) - share * log(to / from)) < 1e-13 * log(to / from) + 1e-16)
    }
  }

  @Test("any range is finite, increasing and within its ends")
  func property() throws {
    let seed: UInt64 = 5
    var noise = Noise(seed: seed)
    for round in 0..<3000 {
      let from = noise.swing() * ([1e-6, 1, 1000, 1e9].randomElement(using: &noise) ?? 1)
      let to = from + abs(noise.swing()) * ([1e-3, 1, 100].randomElement(using: &noise) ?? 1)
      let step = (to - from) / Double.random(in: 0.5...40, using: &noise)
      let text = "seed \(seed), round \(round): from \(from) to \(to) step \(step)"
      guard step > abs(from) * 1e-12 else { continue }
      let found = try values("{ from: \(from), to: \(to), step: \(step) }")
      #expect(found.first == from && found.allSatisfy { $0 >= from && $0 <= to }, "\(text)")
      #expect(zip(found, found.dropFirst()).allSatisfy(<), "\(text)")
      #expect((found.last ?? 0) > to - step * 1.000001, "\(text)")
    }
  }
}
