import BenchmarkKit

/// Every scenario, in the order of the data's way through Apus.
public enum ScenarioCatalog {
  /// All scenarios.
  public static let all: [Scenario] =
    importScenarios + storeScenarios + resampleScenarios + expressionScenarios
    + formulaScenarios + laneScenarios + laneScalingScenarios + laneRuleScenarios
    + strategyScenarios + portfolioScenarios + covarianceScenarios + portfolioRiskScenarios
    + allocationScenarios + pathScenarios + bookScenarios + bookPathScenarios + challengeScenarios
    + sweepScenarios + metricScenarios + resultScenarios
    + startupScenarios
}
