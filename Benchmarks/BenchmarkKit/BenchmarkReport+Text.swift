extension BenchmarkReport {
  /// The report as people read it: the machine, and a line for each contestant.
  public var text: String {
    var table = TextTable([
      "scenario", "contestant", " median", " cost", " × limit", " min…max", "rounds",
    ])
    for scenario in scenarios where scenario.failure == nil {
      for (index, contestant) in scenario.contestants.enumerated() {
        let ratio = contestant.limitRatio
        table.add([
          index == 0 ? scenario.name : "",
          (ratio == nil ? "limit: " : "") + contestant.name,
          NumberFormat.time(contestant.seconds.median),
          NumberFormat.cost(contestant.ratePerSecond, scenario.unit),
          ratio.map { NumberFormat.short($0.median) } ?? "",
          ratio.map { NumberFormat.short($0.min) + "…" + NumberFormat.short($0.max) } ?? "",
          index > 0 ? "" : scenario.roundsText,
        ])
      }
    }
    let failures = scenarios.compactMap { scenario in
      scenario.failure.map { "\(scenario.name): not measured: \($0)\n" }
    }
    return machine.text + (isTiny ? "tiny data: the numbers mean nothing\n" : "") + "\n"
      + table.text + failures.joined()
  }
}

extension ScenarioResult {
  /// `5 clean`, or what was wrong with them.
  var roundsText: String {
    "\(rounds) " + (isClean ? "clean" : "DISTURBED")
      + (repeatedRounds > 0 ? ", \(repeatedRounds) repeated" : "")
  }
}

extension MachineFacts {
  /// Two lines about the machine and the build.
  var text: String {
    """
    \(cpu), \(cores) cores, \(threads) threads, kernel \(kernelVariant), BLAS \(blasCore)
    apus \(apusVersion), Swift \(swiftVersion), \(date)

    """
  }
}

extension Comparison {
  /// The comparison as people read it.
  public var text: String {
    var table = TextTable([
      "scenario", "contestant", " time ratio", " low…high", " × limit ratio", "verdict",
    ])
    for row in rows {
      table.add([
        row.scenario, row.contestant, NumberFormat.fixed(row.ratio, decimals: 3),
        NumberFormat.fixed(row.low, decimals: 3) + "…" + NumberFormat.fixed(row.high, decimals: 3),
        row.limitRatioChange.map { NumberFormat.fixed($0, decimals: 3) } ?? "",
        row.verdict.rawValue,
      ])
    }
    return remarks.map { $0 + "\n" }.joined() + table.text
  }
}
