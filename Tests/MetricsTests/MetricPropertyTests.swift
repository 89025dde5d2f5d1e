import Metrics
import Testing

private func value(_ name: String, _ lane: LaneSummary) throws -> Double {
  try #require(MetricCatalog.metric(named: name)).value(of: lane).number
}

private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}

/// Seeds are arguments, so a failure prints its own.
@Suite struct MetricPropertyTests {
  static let seeds = Array<UInt64>(1...12)

  private func draw(_ seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 40...700, using: &generator)
    return generator.returns(count)
  }

  @Test(arguments: seeds)
  func ratiosDoNotDependOnScale(seed: UInt64) throws {
    let returns = draw(seed)
    let whole = LaneSummary(returns: returns, barsPerYear: 252)
    let scaled = LaneSummary(returns: returns.map { $0 * 0.37 }, barsPerYear: 252)
    for name in ["sharpe", "sortino", "omega", "tail_ratio", "skew", "excess_kurtosis"] {
      #expect(close(try value(name, scaled), try value(name, whole)), "\(name), seed \(seed)")
    }
    for name in ["volatility", "var_95", "cvar_95", "var_99", "cvar_99", "best_bar", "worst_bar"] {
      #expect(
        close(try value(name, scaled), 0.37 * (try value(name, whole))), "\(name), seed \(seed)")
    }
  }

  @Test(arguments: seeds)
  func sharpeGrowsWithTheRootOfTheYear(seed: UInt64) throws {
    let returns = draw(seed)
    let daily = try value("sharpe", LaneSummary(returns: returns, barsPerYear: 252))
    let fourfold = try value("sharpe", LaneSummary(returns: returns, barsPerYear: 1008))
    #expect(close(fourfold, 2 * daily), "seed \(seed)")
  }

  @Test(arguments: seeds)
  func moneyScalesNothingButMoney(seed: UInt64) throws {
    let returns = draw(seed)
    let one = LaneSummary(returns: returns, barsPerYear: 252)
    let million = LaneSummary(returns: returns, barsPerYear: 252, initialEquity: 1e6)
    for metric in MetricCatalog.all where metric.unit != .currency {
      let (a, b) = (metric.value(of: million), metric.value(of: one))
      if case .undefined = b {
        #expect(a == b, "\(metric.name), seed \(seed)")
      } else {
        #expect(close(a.number, b.number), "\(metric.name), seed \(seed)")
      }
    }
  }

  @Test(arguments: seeds)
  func orderMattersOnlyToThePath(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let returns = draw(seed)
    let straight = LaneSummary(returns: returns, barsPerYear: 252)
    let shuffled = LaneSummary(returns: returns.shuffled(using: &generator), barsPerYear: 252)
    for name in [
      "total_return", "cagr_periods", "cagr_calendar", "volatility", "sharpe", "sortino", "omega",
      "tail_ratio", "skew", "excess_kurtosis",
    ] {
      #expect(close(try value(name, shuffled), try value(name, straight)), "\(name), seed \(seed)")
    }
    // Order statistics are bars that happened: the same bits.
    for name in ["var_95", "var_99", "best_bar", "worst_bar"] {
      #expect(try value(name, shuffled) == (try value(name, straight)), "\(name), seed \(seed)")
    }
    let ascending = LaneSummary(returns: returns.sorted(), barsPerYear: 252)
    #expect(try value("max_drawdown", ascending) < (try value("max_drawdown", straight)))
  }

  @Test(arguments: seeds)
  func tailsAreOrdered(seed: UInt64) throws {
    let returns = draw(seed)
    var last = (-Double.infinity, -Double.infinity)
    for perMille in stride(from: 500, to: 1000, by: 1) {
      let level = TailLevel(perMille: perMille)
      let (loss, tail) = (level.valueAtRisk(returns), level.conditionalValueAtRisk(returns))
      #expect(tail >= loss, "\(perMille), seed \(seed)")
      #expect(loss >= last.0, "\(perMille), seed \(seed)")
      #expect(tail >= last.1 - 1e-15, "\(perMille), seed \(seed)")
      last = (loss, tail)
    }
    let worst = try value("worst_bar", LaneSummary(returns: returns, barsPerYear: 252))
    #expect(last.0 == -worst, "seed \(seed)")
    let everything = TailLevel(perMille: 0).conditionalValueAtRisk(returns)
    #expect(close(everything, -returns.reduce(0, +) / Double(returns.count)), "seed \(seed)")
  }

  @Test(arguments: seeds)
  func rankIsExactWhereTheTailIsWhole(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for tenths in 1...30 {
      let returns = generator.returns(20 * tenths)
      let sorted = returns.sorted()
      #expect(TailLevel(perMille: 950).valueAtRisk(returns) == -sorted[tenths - 1])
      let mean = sorted[..<tenths].reduce(0, +) / Double(tenths)
      #expect(close(TailLevel(perMille: 950).conditionalValueAtRisk(returns), -mean, 1e-14))
    }
  }

  @Test(arguments: seeds)
  func drawdownIsAFractionForLongOnly(seed: UInt64) throws {
    let lane = LaneSummary(returns: draw(seed), barsPerYear: 252)
    let deepest = try value("max_drawdown", lane)
    #expect((-1...0).contains(deepest), "seed \(seed)")
    #expect((0 ... -deepest).contains(try value("ulcer", lane)), "seed \(seed)")
    #expect((0...Double(lane.bars)).contains(try value("drawdown_duration", lane)))
    #expect(try value("total_return", lane) >= deepest - 1e-12, "seed \(seed)")
  }
}
