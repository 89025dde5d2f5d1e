import Kernels
import Testing

@Suite struct PhiloxStreamTests {
  // Known answers of Random123 (kat_vectors, philox4x32 with ten rounds).
  @Test(
    arguments: [
      (
        [0, 0, 0, 0], 0,
        [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
      ),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], 0xffff_ffff_ffff_ffff,
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822,
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], UInt64, [UInt32])])
  func knownAnswers(counter: [UInt32], seed: UInt64, expected: [UInt32]) {
    let stream = PhiloxStream(seed: seed, stream: counter[3], symbol: counter[2])
    let block = stream.block(step: counter[1], draw: counter[0])
    #expect((0..<4).map { block[$0] } == expected)
  }

  @Test func normalsHaveTheMomentsOfANormal() {
    let stream = PhiloxStream(seed: 42, stream: 3, symbol: 7)
    let count = 500_000
    var sums = [0.0, 0.0, 0.0, 0.0]
    var product = 0.0
    for step in 0..<UInt32(count) {
      let z = stream.normals(step: step)
      for i in 0..<2 {
        sums[0] += z[i]
        sums[1] += z[i] * z[i]
        sums[2] += z[i] * z[i] * z[i]
        sums[3] += z[i] * z[i] * z[i] * z[i]
      }
      product += z[0] * z[1]
    }
    // Five standard errors of each moment of 2n draws.
    let n = Double(2 * count)
    #expect(abs(sums[0] / n) < 5 / n.squareRoot())
    #expect(abs(sums[1] / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(sums[2] / n) < 5 * (15 / n).squareRoot())
    #expect(abs(sums[3] / n - 3) < 5 * (96 / n).squareRoot())
    #expect(abs(product / Double(count)) < 5 / Double(count).squareRoot())
  }

  @Test func uniformsAreOpenAndEven() {
    var bins = [Int](repeating: 0, count: 16)
    let stream = PhiloxStream(seed: 1, stream: 0)
    for step in 0..<80_000 as Range<UInt32> {
      let u = stream.uniforms(step: step)
      for i in 0..<2 {
        #expect(u[i] > 0 && u[i] < 1)
        bins[Int(u[i] * 16)] += 1
      }
    }
    let chiSquared = bins.reduce(0.0) {
      $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000
    }
    // The 99.99 % point of chi-squared with 15 degrees of freedom.
    #expect(chiSquared < 44.3)
  }

  @Test func everyPartOfTheKeyCounts() {
    let all = [
      PhiloxStream(seed: 1, stream: 0).block(step: 0),
      PhiloxStream(seed: 1 << 32, stream: 0).block(step: 0),
      PhiloxStream(seed: 1, stream: 1).block(step: 0),
      PhiloxStream(seed: 1, stream: 0, symbol: 1).block(step: 0),
      PhiloxStream(seed: 1, stream: 0).block(step: 1),
      PhiloxStream(seed: 1, stream: 0).block(step: 0, draw: 1),
    ]
    #expect(Set(all).count == all.count)
  }
}
