import Glibc
import Kernels
import Testing

/// Distance in units in the last place of `b`.
private func ulps(_ a: Double, _ b: Double) -> Double { a == b ? 0 : abs(a - b) / b.ulp }

@Suite struct DeterministicMathTests {
  @Test func expIsCloseToTheLibrary() {
    let stream = PhiloxStream(seed: 11, stream: 0)
    var worst = 0.0
    for step in 0..<100_000 as Range<UInt32> {
      let x = (stream.uniforms(step: step)[0] - 0.5) * (step % 2 == 0 ? 1400 : 2)
      worst = max(worst, ulps(DeterministicMath.exp(x), Glibc.exp(x)))
    }
    #expect(worst <= 2, "worst is \(worst) ulp")
  }

  @Test func logIsCloseToTheLibrary() {
    let stream = PhiloxStream(seed: 12, stream: 0)
    var worst = 0.0
    for step in 0..<100_000 as Range<UInt32> {
      let u = stream.uniforms(step: step)
      let x = step % 2 == 0 ? 0.5 + u[0] : Glibc.exp((u[0] - 0.5) * 1400)
      worst = max(worst, ulps(DeterministicMath.log(x), Glibc.log(x)))
    }
    #expect(worst <= 2, "worst is \(worst) ulp")
    #expect(DeterministicMath.log(.leastNonzeroMagnitude) == Glibc.log(.leastNonzeroMagnitude))
  }

  @Test func edges() {
    #expect(DeterministicMath.exp(0) == 1)
    #expect(DeterministicMath.exp(-.infinity) == 0)
    #expect(DeterministicMath.exp(.infinity) == .infinity)
    #expect(DeterministicMath.exp(.nan).isNaN)
    #expect(DeterministicMath.exp(709.5).isFinite)
    #expect(DeterministicMath.log(1) == 0)
    #expect(DeterministicMath.log(0) == -.infinity)
    #expect(DeterministicMath.log(-1).isNaN)
    #expect(DeterministicMath.log(.infinity) == .infinity)
    #expect(DeterministicMath.normalQuantile(0) == -.infinity)
    #expect(DeterministicMath.normalQuantile(1) == .infinity)
    #expect(DeterministicMath.normalQuantile(.nan).isNaN)
  }

  // Quantiles from scipy.stats.norm.ppf (scipy 1.x), one for each branch and tail.
  @Test(arguments: [
    (0.5, 0.0), (0.075, -1.4395314709384563), (0.1, -1.2815515655446004),
    (0.9, 1.2815515655446004), (0.975, 1.959963984540054), (0.999, 3.090232306167813),
    (1e-10, -6.361340902404056), (1e-15, -7.941345326170998), (1e-100, -21.273453560965322),
    (0.3, -0.5244005127080409),
  ])
  func normalQuantile(p: Double, expected: Double) {
    let found = DeterministicMath.normalQuantile(p)
    #expect(abs(found - expected) <= 4e-15 * max(1, abs(expected)), "\(found)")
  }
}
