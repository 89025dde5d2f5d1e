@testable import Books
import Kernels
import Metrics
import Simulation
import TestSupport
import Testing

/// The bootstrap against a plain loop, and whatever the number of workers.
@Suite struct ChallengeBootstrapTests {
  private static func summaries(_ count: Int, bars: Int = 60) -> [LaneSummary] {
    (0..<count).map { lane in
      let stream = PhiloxStream(seed: 99, stream: UInt32(lane))
      return LaneSummary(
        returns: (0..<bars).map {
          stream.normals(step: UInt32($0))[0] * 0.01 + 0.0005 * Double(lane)
        },
        barsPerYear: 252, initialEquity: 1000)
    }
  }

  private static func settings(_ samples: Int = 50) -> ChallengeBootstrap {
    var settings = ChallengeBootstrap()
    settings.samples = samples
    settings.meanBlock = 5
    settings.level = 0.9
    settings.seed = 7
    return settings
  }

  /// Everything again, one sample after the other, with nothing of the engine but metrics and random bits.
  private static func naive(
    _ settings: ChallengeBootstrap, _ lanes: [LaneSummary], _ metric: any Metric
  )
    -> [[Double]]
  {
    let count = lanes[0].observations
    return (0..<settings.samples).map { sample in
      let stream = PhiloxStream(seed: settings.seed, stream: UInt32(sample))
      var bars: [Int] = []
      for step in 0..<count {
        let draw = stream.uniforms(step: UInt32(step))
        let isNew = bars.isEmpty || draw[0] < 1 / settings.meanBlock
        bars.append(isNew ? Int(draw[1] * Double(count)) : (bars[step - 1] + 1) % count)
      }
      return lanes.map { lane in
        let returns = lane.returns ?? []
        return metric.value(
          of: LaneSummary(
            returns: bars.map { returns[$0] }, barsPerYear: 252, initialEquity: lane.initialEquity)
        ).number
      }
    }
  }

  @Test(
    "intervals are those of a plain loop",
    arguments: [
      "sharpe", "total_return", "max_drawdown", "sortino", "calmar", "ulcer", "drawdown_duration",
      "var_95", "volatility", "psr", "cagr_periods",
    ])
  func againstPlainLoop(_ name: String) throws {
    let metric = try #require(MetricCatalog.metric(named: name))
    for count in [1, 11] {
      let lanes = Self.summaries(count)
      let settings = Self.settings()
      let outcome = try #require(
        settings.run(
          lanes, metric: metric, kernels: KernelVariant.best.kernels, workers: 2))
      let samples = Self.naive(settings, lanes, metric)
      let ranks = samples.map { ranked($0, isLowerBetter: metric.direction == .lower) }
      for lane in 0..<count {
        let values = samples.map { $0[lane] }.filter { !$0.isNaN }.sorted()
        func quantile(_ p: Double) -> Double {
          let place = p * Double(values.count - 1)
          let low = Int(place)
          return values[low]
            + (place - Double(low)) * (values[min(low + 1, values.count - 1)] - values[low])
        }
        #expect(abs(outcome.low[lane] - quantile(0.05)) <= 1e-9 * abs(outcome.low[lane]) + 1e-12)
        #expect(abs(outcome.high[lane] - quantile(0.95)) <= 1e-9 * abs(outcome.high[lane]) + 1e-12)
        let places = ranks.map { $0[lane] }.sorted()
        #expect(outcome.rankLow[lane] == Double(places[2]))
        #expect(outcome.rankHigh[lane] == Double(places[47]))
        #expect(outcome.firstShare[lane] == Double(places.count { $0 == 1 }) / 50)
      }
    }
  }

  private func ranked(_ values: [Double], isLowerBetter: Bool) -> [Int] {
    values.map { value in
      1
        + values.count { other in
          if value.isNaN { return !other.isNaN }
          return !other.isNaN && (isLowerBetter ? other < value : other > value)
        }
    }
  }

  @Test(
    "any number of workers and any instruction set gives the same bits",
    arguments: ["sharpe", "total_return", "sortino", "calmar", "ulcer", "turnover"])
  func workers(_ name: String) throws {
    let lanes = Self.summaries(37)
    let metric = try #require(MetricCatalog.metric(named: name))
    // Odd numbers of samples leave some that are not drawn four by four.
    for samples in [20, 67] {
      let settings = Self.settings(samples)
      let one = settings.run(lanes, metric: metric, kernels: KernelVariant.baseline.kernels)
      for variant in KernelVariant.available {
        for workers in [1, 2, 7] {
          #expect(
            settings.run(lanes, metric: metric, kernels: variant.kernels, workers: workers) == one)
        }
      }
    }
  }

  @Test("metrics that are taken for sums of returns look at nothing else")
  func needs() throws {
    let lane = try #require(Self.summaries(1).first)
    var bare = lane
    bare.returns = nil
    var other = bare
    (other.sumSquaredDownside, other.maxDrawdown, other.sumSquaredDrawdowns) = (9, -0.9, 9)
    (other.longestDrawdownBars, other.sumEquity) = (59, 1e9)
    var found = 0
    for metric in MetricCatalog.all where ChallengeSampler.isOfReturns(metric) {
      found += 1
      #expect(metric.value(of: bare) == metric.value(of: other), "\(metric.name)")
      #expect(metric.value(of: bare) == metric.value(of: lane), "\(metric.name)")
    }
    #expect(found == 12)
  }

  @Test("places of crowds are those of a plain count", arguments: [3, 255, 256, 700])
  func places(_ count: Int) {
    let stream = PhiloxStream(seed: 5, stream: UInt32(count))
    let odd = [Double.nan, 0, -0.0, .infinity, -.infinity, 1e-300, -1e-300, 1e300]
    let values = (0..<count).map { place in
      let draw = stream.uniforms(step: UInt32(place))
      return draw[0] < 0.3
        ? odd[Int(draw[1] * Double(odd.count))] : ((draw[1] - 0.5) * 100).rounded()
    }
    for isLowerBetter in [false, true] {
      var order = ChallengeOrder()
      var places = values
      places.withUnsafeMutableBufferPointer { order.rank($0, isLowerBetter: isLowerBetter) }
      let worths = values.map { $0.isNaN ? -.infinity : isLowerBetter ? -$0 : $0 }
      let expected = worths.map { worth in Double(1 + worths.count { $0 > worth }) }
      #expect(places == expected)
    }
  }

  @Test("blocks have the mean length that was asked for, and a sample has all its bars")
  func blocks() {
    var settings = Self.settings()
    settings.meanBlock = 20
    let bars = settings.bars(of: 3, count: 100_000)
    #expect(bars.count == 100_000 && bars.allSatisfy { (0..<100_000).contains($0) })
    let jumps = zip(bars, bars.dropFirst()).count { $1 != ($0 + 1) % 100_000 }
    #expect(abs(Double(jumps) / 100_000 - 0.05) < 0.003)
    settings.meanBlock = 1
    let single = settings.bars(of: 0, count: 1000)
    #expect(zip(single, single.dropFirst()).count { $1 == $0 + 1 } < 10)
  }

  @Test("metrics of trades and of the calendar have no intervals, and say why")
  func refusals() throws {
    for name in ["win_rate", "best_month"] {
      guard let metric = MetricCatalog.metric(named: name) else { continue }
      #expect(ChallengeBootstrap.refusal(of: metric) != nil)
    }
    let sharpe = try #require(MetricCatalog.metric(named: "sharpe"))
    #expect(ChallengeBootstrap.refusal(of: sharpe) == nil)
  }
}
