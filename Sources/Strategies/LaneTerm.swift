import Expressions
import Simulation

/// A number of a strategy that is the same at every bar of a lane.
enum LaneTerm: Hashable, Sendable {
  case stopLoss, takeProfit, trailingStop, maxBars, pyramid, reentryDelay, reverse
  case size(LaneTerms.Sizing)

  /// Key in a spec's `strategy`.
  var name: String {
    switch self {
    case .stopLoss: "stop_loss"
    case .takeProfit: "take_profit"
    case .trailingStop: "trailing_stop"
    case .maxBars: "max_bars"
    case .pyramid: "pyramid"
    case .reentryDelay: "reentry_delay"
    case .reverse: "reverse"
    case .size(let sizing): "size.\(sizing.rawValue)"
    }
  }

  /// What a value must be, in words.
  var expected: String {
    switch self {
    case .stopLoss, .trailingStop, .size(.risk): "a fraction between 0 and 1"
    case .takeProfit: "a fraction above 0"
    case .maxBars: "a whole number of bars, at least 1"
    case .pyramid: "a whole number of entries, at least 1"
    case .reentryDelay: "a whole number of bars, at least 0"
    case .reverse: "1 or 0"
    case .size(.fraction): "a fraction above 0, at most 100"
    case .size(.units): "a number of units above 0"
    case .size(.notional): "an amount of money above 0"
    }
  }

  /// Whether a value may be used.
  func accepts(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    let isWhole = value == value.rounded()
    return switch self {
    case .stopLoss, .trailingStop, .size(.risk): value > 0 && value < 1
    case .takeProfit, .size(.units), .size(.notional): value > 0
    case .maxBars, .pyramid: isWhole && value >= 1
    case .reentryDelay: isWhole && value >= 0
    case .reverse: value == 0 || value == 1
    case .size(.fraction): value > 0 && value <= 100
    }
  }

  /// Writes a value to where it belongs.
  func set(_ value: Double, in terms: inout LaneTerms) {
    switch self {
    case .stopLoss: terms.stopLoss = value
    case .takeProfit: terms.takeProfit = value
    case .trailingStop: terms.trailingStop = value
    case .maxBars: terms.maxBars = value
    case .pyramid: terms.pyramid = value
    case .reentryDelay: terms.reentryDelay = value
    case .reverse: terms.reverses = value != 0
    case .size(let sizing):
      terms.size = value
      if sizing == .fraction { terms.fraction = value }
    }
  }

  /// Whether the vector kernel does what a value asks for.
  func isPlain(_ value: Double) -> Bool {
    switch self {
    case .stopLoss, .takeProfit, .trailingStop: true
    case .size(.fraction): value <= 1
    case .maxBars, .size: false
    case .pyramid: value == 1
    case .reentryDelay, .reverse: value == 0
    }
  }
}

/// A term with its values for all that its parameters can be, if these are not too many.
struct TermValues: Sendable {
  let term: LaneTerm
  let axes: [Int]
  private let expression: ConstantExpression
  private var values: [Double] = []

  private static let most = 1 << 16

  init(_ term: LaneTerm, _ expression: ConstantExpression, _ grid: ParameterGrid) {
    self.term = term
    self.expression = expression
    axes = expression.parameters.sorted()
    var parameters = grid.axes.map { $0.values.first ?? .nan }
    let sizes = axes.map { grid.axes[$0].values.count }
    guard let size = ParameterGrid.size(of: axes.map { grid.axes[$0] }), size <= Self.most else {
      return
    }
    values.reserveCapacity(size)
    for key in 0..<size {
      var rest = key
      for (axis, size) in zip(axes, sizes).reversed() {
        parameters[axis] = grid.axes[axis].values[rest % size]
        rest /= size
      }
      values.append(expression.value(parameters))
    }
  }

  /// The values at some grid points.
  func values(_ grid: ParameterGrid, _ points: [Int]) -> [Double] {
    if values.isEmpty { return points.map { expression.value(grid.values(point: $0)) } }
    return points.map { values[grid.projection($0, onto: axes)] }
  }

  /// The value at a grid point.
  func value(_ grid: ParameterGrid, _ point: Int) -> Double { values(grid, [point])[0] }
}
