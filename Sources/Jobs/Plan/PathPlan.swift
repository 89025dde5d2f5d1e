import Market
import Simulation
import Strategies

/// A plan that serves many paths, whose panels have the same bars and symbols and differ in prices of its window alone.
///
/// It is compiled once, and what expressions remember of the bars before the window is computed once. On each path it gives the bits of a
/// plan of its own.
package struct PathPlan: Sendable {
  private let plan: RunPlan
  private let memory: ExpressionMemory?

  /// Nil for a plan that more than expressions, weights of a file and rules follow from, such as estimates of weights.
  ///
  /// - Parameters:
  ///   - plan: of one of the paths.
  ///   - past: the bars before its window, and lifetimes as on the paths.
  ///   - sibling: a plan of other accounts over the same symbols, whose memory will do.
  package init?(_ plan: RunPlan, past: PricePanel, sibling: PathPlan? = nil) throws {
    guard plan.spec.lags.isEmpty, plan.spec.scores.isEmpty, plan.finer == nil,
      plan.currencies == nil, plan.detail == nil, plan.actions.rows.isEmpty,
      plan.run.panel.fields == past.fields
    else { return nil }
    self.plan = plan
    if let sibling {
      memory = sibling.memory
    } else if let weights = plan.weights {
      switch weights.source {
      case let source as ExpressionWeights: memory = source.memory(of: past)
      case is FixedWeights: memory = nil
      default: return nil
      }
    } else if let strategy = plan.run.strategy as? ExpressionStrategy {
      memory = try strategy.memory(
        of: past, before: plan.run, kernels: KernelVariant.best.kernels)
    } else {
      return nil
    }
  }

  /// The plan on a path.
  ///
  /// - Parameters:
  ///   - lifetimes: whether those of the panel are the ones that `past` told; else all bars are looked at.
  ///   - sibling: a plan over the same symbols on the same path, whose columns will do.
  package func along(_ panel: PricePanel, knowsLifetimes: Bool, sibling: RunPlan?) -> RunPlan {
    var plan = plan
    plan.run.panel = panel
    let memory = knowsLifetimes ? memory : nil
    if memory != nil { plan.signalStart = plan.run.window.lowerBound }
    if let sibling {
      plan.run.strategy = sibling.run.strategy
      plan.weights = sibling.weights
    } else if let weights = plan.weights?.source as? ExpressionWeights {
      plan.weights?.source = weights.over(panel, memory: memory)
    } else if let strategy = plan.run.strategy as? ExpressionStrategy {
      plan.run.strategy = strategy.over(panel, memory: memory)
    }
    return plan
  }
}
